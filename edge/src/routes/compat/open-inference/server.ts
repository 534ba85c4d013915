/** `GET /v2`, `/v2/health/live`, `/v2/health/ready`: who answers here, and whether. */
import type { serverMetadataSchema } from '@glimpse/shared/api/open-inference';
import type * as z from 'zod/mini';
import type { AppContext } from '../../../context.ts';

export function describeServer(c: AppContext): Response {
  return c.json({
    name: 'glimpse',
    version: '0.1.0',
    extensions: ['classification', 'binary_tensor_data'],
  } satisfies z.infer<typeof serverMetadataSchema>);
}

/** Asks nothing of the store. */
export function live(c: AppContext): Response {
  return c.json({ live: true });
}

/** Loads the default model's release; 503 where it cannot. */
export async function ready(c: AppContext): Promise<Response> {
  const { models } = c.get('isolate');
  const lease = await models.acquire({}, c.executionCtx);
  lease.release();
  return c.json({ ready: true });
}
