/** `GET /readyz`: loads the default model's release; 503 if it cannot. */
import { type Readiness, readinessSchema } from '@glimpse/shared/api/health';
import { describeAccess } from '../access/access.ts';
import type { AppContext } from '../context.ts';
import { UNVERIFIED } from '../model/trust.ts';
import { route } from './route.ts';
import { release } from './route-docs.ts';

export const readyz = route({
  method: 'GET',
  path: '/readyz',
  scope: 'none',
  errorShape: 'problem',
  handler: answer,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'isReady',
        tag: 'operation',
        summary: 'Can the Worker classify?',
        description: "Loads the default model's release.",
        responses: [
          {
            status: 200,
            description: 'The default model answers.',
            content: {
              'application/json': {
                schema: readinessSchema,
                examples: {
                  ready: {
                    ready: true,
                    model: { name: release.model, version: release.version, channel: 'stable' },
                    backend: 'wasm',
                    lastGood: false,
                    tensors: 12,
                    tensorBytes: 2_738_984,
                    heldBytes: 0,
                    keys: 'required',
                    signatures: 'verified',
                  },
                },
              },
            },
          },
        ],
        problems: ['busy', 'model-unavailable'],
      },
});

async function answer(c: AppContext): Promise<Response> {
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
