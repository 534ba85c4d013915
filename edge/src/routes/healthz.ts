/** `GET /healthz`: whether the Worker is alive. */
import { livenessSchema } from '@glimpse/shared/api/health';
import { route } from './route.ts';

export const healthz = route({
  method: 'GET',
  path: '/healthz',
  scope: 'none',
  stateless: true,
  errorShape: 'problem',
  handler: (c) => c.json({ alive: true }),
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'isAlive',
        tag: 'operation',
        summary: 'Check whether the Worker is alive',
        description: 'Does not access the store or the configuration.',
        responses: [
          {
            status: 200,
            description: 'The Worker is alive.',
            content: { 'application/json': { schema: livenessSchema, examples: { alive: { alive: true } } } },
          },
        ],
        problems: [],
      },
});
