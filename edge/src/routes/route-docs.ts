/**
 * Parts of `docs` that several routes share. The examples are shortened answers of the starter release. Only literals and
 * pure calls at the top level, so that the bundle can omit them.
 */
import { nameSchema, versionSchema } from '@glimpse/shared/release/names';
import * as z from 'zod/mini';
import type { Parameter, ResponseDocs } from './route.ts';

const model = 'cifar10';
const version = '20261125T0915Z-12702b91';

/** A GIF with one white pixel, in base64. */
export const onePixel = 'R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs=';

export const classification = {
  id: '3f0e6f9a-7c1d-4b52-9a41-0c7f0b8e2d11',
  model: { name: model, version, channel: 'stable' },
  predictions: [
    { label: 'cat', index: 3, score: 0.9632340669631958 },
    { label: 'dog', index: 5, score: 0.0282779261469841 },
  ],
  image: { format: 'png', width: 32, height: 32 },
};

const labels = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];
const hash = '80387ddb9a0edf3fc4a964ee3770296169bb26a651050df20035579673099660';

export const release = {
  formatVersion: 1,
  minimumRunner: 1,
  model,
  version,
  labels,
  input: { height: 32, width: 32, channels: 3, fit: 'stretch', mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
  architecture: { name: 'cifar10-tutorial', parameters: 684746, multiplyAdds: 15764096 },
  data: { name: 'cifar10', fingerprint: hash, train: 50000, test: 10000 },
  run: {
    id: '20261125T090425Z-cifar10-tutorial-s1',
    command: 'glimpse train --engine tensorflow --seed 1',
    seed: 1,
    epochs: 10,
    engine: {
      name: 'tensorflow',
      device: 'cpu',
      deviceName: 'Intel(R) Xeon(R) Processor',
      threads: 2,
      versions: { tensorflow: '2.21.0', tfjs: '4.22.0', node: '24.21.0' },
    },
    revision: '5e364468e66fdd2c14eb9a33c30611ca17fa4d51',
    startedAt: '2026-11-25T09:04:25.273Z',
    endedAt: '2026-11-25T09:15:44.766Z',
  },
  quantization: 'uint8',
  metrics: {
    float: { pictures: 10000, correct: 7436, accuracy: 0.7436, loss: 0.8362595958967186 },
    quantized: { pictures: 10000, correct: 7437, accuracy: 0.7437, loss: 0.8366289844793541 },
  },
  files: [
    { path: 'model.json', size: 4127, sha256: hash },
    { path: 'weights.bin', size: 686808, sha256: hash },
  ],
};

export const nameParameter: Parameter = {
  in: 'path',
  name: 'name',
  description: 'The name of the model.',
  schema: nameSchema,
  example: model,
};

export const versionParameter: Parameter = {
  in: 'path',
  name: 'version',
  description: 'A version that a channel of the model serves.',
  schema: versionSchema,
  example: version,
};

export const serverTiming = { 'Server-Timing': 'Milliseconds of `decode`, `infer` and `total`.' };

export const immutable = {
  ETag: 'The SHA-256 of the content, in hex.',
  'Cache-Control': 'A version never changes.',
};

export const etag = { ETag: 'Identifies the content.' };

export function notModified(headers: Readonly<Record<string, string>>): ResponseDocs {
  return { status: 304, description: 'The content still has the `ETag` of `If-None-Match`.', headers };
}

export const htmlPage: ResponseDocs = {
  status: 200,
  description: 'A page.',
  headers: etag,
  content: { 'text/html': { schema: /* @__PURE__ */ z.string(), examples: { head: '<!doctype html>' } } },
};

/** The responses of a GET route of the Open Inference Protocol. */
export function protocolResponses(schema: z.ZodMiniType, example: unknown): readonly ResponseDocs[] {
  const content = { 'application/json': { schema, examples: { example } } };
  return [{ status: 200, description: 'As the protocol specifies.', content }];
}
