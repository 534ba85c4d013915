/** For whoever runs the Worker, and their monitors. */
import { livenessSchema, readinessSchema } from '../../health.ts';
import type { Route } from '../route.ts';
import { release } from './examples.ts';

export const healthz: Route = {
  method: 'get',
  path: '/healthz',
  id: 'isAlive',
  tag: 'operation',
  summary: 'Is the Worker alive?',
  description: 'Asks nothing of the store or the configuration.',
  answers: [
    {
      status: 200,
      description: 'It is.',
      content: { 'application/json': { schema: livenessSchema, examples: { alive: { alive: true } } } },
    },
  ],
  problems: [],
};

export const readyz: Route = {
  method: 'get',
  path: '/readyz',
  id: 'isReady',
  tag: 'operation',
  summary: 'Can it classify?',
  description: "Loads the default model's release.",
  answers: [
    {
      status: 200,
      description: 'It can.',
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
};
