/** `GET /readyz`: loads the default model's release; 503 where it cannot. */
import type { Readiness } from '@glimpse/shared/api/health';
import { describeAccess } from '../access/access.ts';
import type { AppContext } from '../context.ts';
import { UNVERIFIED } from '../model/trust.ts';

export async function readyz(c: AppContext): Promise<Response> {
  const { models, runtime, settings, budget } = c.get('isolate');
  const lease = await models.acquire({}, c.executionCtx);
  try {
    const { manifest, channel, staleReason } = lease;
    const { backend } = runtime;
    const canary = models.canary(settings.defaultModel);
    const readiness: Readiness = {
      ready: true,
      model: { name: manifest.model, version: manifest.version, channel },
      // It runs, where there is a lease.
      backend: backend!.name,
      // WebAssembly did not start here; answers take some twenty times as long.
      ...(backend?.name === 'cpu' ? { backendReason: backend.reason } : {}),
      /** Whether the new release or the store fails, so that the last good release answers. */
      lastGood: staleReason !== undefined,
      ...(staleReason === undefined ? {} : { lastGoodReason: staleReason }),
      ...(canary === undefined ? {} : { canary }),
      /** Tensors alive: of the networks that are loaded, and no more. */
      tensors: runtime.tensors,
      tensorBytes: runtime.tensorBytes,
      /** Where nobody asks anything, 0. */
      heldBytes: budget.held,
      ...describeAccess(settings.access),
      signatures: settings.trust.keys === '' ? UNVERIFIED : 'verified',
    };
    return c.json(readiness);
  } finally {
    lease.release();
  }
}
