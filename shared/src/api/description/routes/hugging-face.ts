/** Hugging Face's image classification. */
import { huggingFaceAnswerSchema, huggingFaceRequestSchema } from '../../hugging-face.ts';
import type { Route } from '../route.ts';
import { classification, onePixel } from './examples.ts';
import { name } from './models.ts';

const binary = { binary: true } as const;

export const classifyForHuggingFace: Route = {
  method: 'post',
  path: '/models/{name}',
  id: 'classifyForHuggingFace',
  tag: 'hugging-face',
  summary: 'Classify an image, as Hugging Face does',
  description:
    'For the clients of Hugging Face: give them this address as the endpoint. A body that begins with `{` is JSON, ' +
    'whatever its Content-Type says; any other is the image. `top_k` out of range is taken as the nearest that is not.',
  parameters: [name],
  body: {
    description: 'The image itself, or in JSON.',
    content: {
      'application/octet-stream': binary,
      'application/json': {
        schema: huggingFaceRequestSchema,
        examples: { three: { inputs: onePixel, parameters: { top_k: 3 } } },
      },
    },
  },
  answers: [
    {
      status: 200,
      description: 'The most probable classes.',
      headers: { 'Server-Timing': 'Milliseconds of `decode`, `infer` and `total`.' },
      content: {
        'application/json': {
          schema: huggingFaceAnswerSchema,
          examples: { cat: classification.predictions.map(({ label, score }) => ({ label, score })) },
        },
      },
    },
  ],
  problems: [
    'body-empty',
    'body-malformed',
    'model-unknown',
    'body-too-slow',
    'body-too-large',
    'image-too-many-pixels',
    'image-unsupported',
    'image-undecodable',
    'busy',
    'out-of-time',
    'model-unavailable',
  ],
  errorsAsText: true,
};
