/** `GET /v2/health/ready`: loads the default model's release; 503 if it cannot. */
import { readySchema } from '@glimpse/shared/api/open-inference';
import type { AppContext } from '../../../context.ts';
import { route } from '../../route.ts';
import { protocolResponses } from '../../route-docs.ts';

export const isServerReady = route({
  method: 'GET',
  path: '/v2/health/ready',
  scope: 'none',
  errorShape: 'text',
  handler: answer,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'isServerReady',
        tag: 'open-inference',
        summary: 'Does the default model answer?',
        description: "Loads the default model's release.",
        responses: protocolResponses(readySchema, { ready: true }),
        problems: ['busy', 'out-of-time', 'model-unavailable'],
      },
});

async function answer(c: AppContext): Promise<Response> {
  const lease = await c.get('isolate').models.acquire({}, c.executionCtx);
  lease.release();
  return c.json({ ready: true });
}
