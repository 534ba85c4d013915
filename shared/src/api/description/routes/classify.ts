/** Images in, classes out. */

import { formatNames, formats, imageFormats, listFormats } from '../../../image/formats.ts';
import { batchAnswerSchema } from '../../batch.ts';
import { classifyAnswerSchema, classifyJsonSchema, classifyQuerySchema, RAW_PIXELS_TYPE } from '../../classify.ts';
import { limitsSchema } from '../../limits.ts';
import { Problem, type ProblemCode, problemDocument } from '../../problems.ts';
import type { Parameter, Route } from '../route.ts';
import { classification, onePixel } from './examples.ts';

const { MAX_BATCH_IMAGES, MAX_BODY_BYTES } = limitsSchema.parse({});

/** Of width x height, as the image's header says. */
const mostPixels = imageFormats
  .map((format) => `${formats[format].maxPixels / 1e6} of a ${formatNames[format]}`)
  .join(', ');
const { top_k, model, version, channel } = classifyQuerySchema.shape;

const parameters: readonly Parameter[] = [
  {
    in: 'query',
    name: 'top_k',
    description:
      "How many classes to name, at most the model's number of classes. Left out: 5, or all where there are fewer.",
    schema: top_k,
    example: 3,
  },
  { in: 'query', name: 'model', description: 'Left out: the default model.', schema: model, example: 'cifar10' },
  {
    in: 'query',
    name: 'channel',
    description: 'Left out: `stable`, or `canary` for its share of the callers. Not together with `version`.',
    schema: channel,
    example: 'stable',
  },
  {
    in: 'query',
    name: 'version',
    description: 'A version that some channel of the model names, instead of a channel.',
    schema: version,
    example: classification.model.version,
  },
];

const headers = { 'Server-Timing': 'Milliseconds of `decode`, `infer` and `total`.' };

/** What may be wrong with any request that brings a body and chooses a release. */
const ofEachRequest: readonly ProblemCode[] = [
  'body-empty',
  'body-malformed',
  'parameter-invalid',
  'model-unknown',
  'version-unknown',
  'body-too-slow',
  'body-too-large',
  'busy',
  'out-of-time',
  'model-unavailable',
];

/** What may be wrong with one image. */
const ofEachImage: readonly ProblemCode[] = ['image-too-many-pixels', 'image-unsupported', 'image-undecodable'];

const binary = { binary: true } as const;
const mediaTypes = Object.values(formats).flatMap((format) => format.mediaTypes);

export const classify: Route = {
  method: 'post',
  path: '/v1/classify',
  id: 'classify',
  tag: 'classify',
  summary: 'Classify an image',
  description:
    `${listFormats('or')}. The format is detected from the first bytes, regardless of Content-Type. The image is ` +
    'rotated upright by its EXIF orientation and converted to sRGB; transparent areas become white.',
  parameters,
  body: {
    description: `At most ${MAX_BODY_BYTES} bytes, and at most so many million pixels: ${mostPixels}; unless the owner set other limits.`,
    content: {
      'multipart/form-data': { files: { image: { most: 1, description: 'The image.' } } },
      'application/octet-stream': binary,
      ...Object.fromEntries(mediaTypes.map((type) => [type, binary])),
      'application/json': {
        schema: classifyJsonSchema,
        examples: {
          inline: { image: onePixel },
          address: { url: 'https://example.org/cat.jpg' },
        },
      },
      [RAW_PIXELS_TYPE]: binary,
    },
  },
  answers: [
    {
      status: 200,
      description: 'The most probable classes.',
      headers,
      content: { 'application/json': { schema: classifyAnswerSchema, examples: { cat: classification } } },
      links: {
        sendFeedback: { description: 'With the `id`: what the image really shows.' },
        removeFeedback: { description: 'Take that back.', parameters: { id: '$response.body#/id' } },
      },
    },
  ],
  problems: [...ofEachRequest, ...ofEachImage, 'url-refused', 'pixels-wrong-length', 'url-failed'],
};

export const classifyBatch: Route = {
  method: 'post',
  path: '/v1/classify/batch',
  id: 'classifyBatch',
  tag: 'classify',
  summary: `Classify up to ${MAX_BATCH_IMAGES} images`,
  description:
    'Each image has its own answer or its own problem, in the order sent. The images take turns with the requests ' +
    'of others; those that are left when the time is over have the problem `out-of-time`.',
  parameters,
  body: {
    description: `At most ${MAX_BATCH_IMAGES} images, and at most ${MAX_BODY_BYTES} bytes altogether.`,
    content: {
      'multipart/form-data': {
        files: { image: { most: MAX_BATCH_IMAGES, description: 'The images: the field is repeated for each.' } },
      },
    },
  },
  answers: [
    {
      status: 200,
      description: 'A result for each image, even if none could be classified.',
      headers,
      content: {
        'application/json': {
          schema: batchAnswerSchema,
          examples: {
            catAndText: {
              id: classification.id,
              results: [
                { answer: { ...classification, id: `${classification.id}.0` } },
                {
                  problem: problemDocument(
                    new Problem('image-unsupported', `This is text; send ${listFormats('or')} instead.`),
                  ),
                },
              ],
            },
          },
        },
      },
    },
  ],
  problems: [...ofEachRequest, 'batch-too-large'],
};
