/** `GET /v2/health/live`: whether the Worker is alive. */
import { liveSchema } from '@glimpse/shared/api/open-inference';
import { route } from '../../route.ts';
import { protocolResponses } from '../../route-docs.ts';

export const isLive = route({
  method: 'GET',
  path: '/v2/health/live',
  scope: 'none',
  stateless: true,
  errorShape: 'text',
  handler: (c) => c.json({ live: true }),
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'isLive',
        tag: 'open-inference',
        summary: 'Check whether the Worker is alive',
        description: 'Does not access the store or the configuration.',
        responses: protocolResponses(liveSchema, { live: true }),
        problems: [],
      },
});
