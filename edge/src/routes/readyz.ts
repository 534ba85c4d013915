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
  using lease = await models.acquire({}, c.executionCtx);
  const { manifest, channel, staleReason } = lease;
  const { backend } = runtime;
  const canary = models.canary(settings.defaultModel);
  const readiness: Readiness = {
    ready: true,
    model: { name: manifest.model, version: manifest.version, channel },
    // A lease implies a running backend.
    backend: backend!.name,
    // Without WebAssembly, answers take about twenty times as long.
    ...(backend?.name === 'cpu' ? { backendReason: backend.reason } : {}),
    lastGood: staleReason !== undefined,
    ...(staleReason === undefined ? {} : { lastGoodReason: staleReason }),
    ...(canary === undefined ? {} : { canary }),
    tensors: runtime.tensors,
    tensorBytes: runtime.tensorBytes,
    heldBytes: budget.held,
    ...describeAccess(settings.access),
    signatures: settings.trust.keys === '' ? UNVERIFIED : 'verified',
  };
  return c.json(readiness);
}
