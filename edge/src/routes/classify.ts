/** `POST /v1/classify`: one image in, its most probable classes out. */
import {
  classifyAnswerSchema,
  classifyJsonSchema,
  classifyQuerySchema,
  RAW_PIXELS_TYPE,
} from '@glimpse/shared/api/classify';
import { limitsSchema } from '@glimpse/shared/api/limits';
import { Problem, type ProblemCode } from '@glimpse/shared/api/problems';
import { formatNames, formats, imageFormats, listFormats } from '@glimpse/shared/image/formats';
import { fetchImage } from '../body/fetch-image.ts';
import { openBody } from '../body/open-body.ts';
import { senderId } from '../body/read-body.ts';
import { answerOf } from '../classify/classify-image.ts';
import { classifyWith, failTogether, type Incoming } from '../classify/pipeline.ts';
import { readParameters, readTopK } from '../classify/selector.ts';
import { queryOf } from '../context.ts';
import { type Parameter, type RouteDocs, route } from './route.ts';
import { classification, onePixel, serverTiming } from './route-docs.ts';

export const classify = route({
  method: 'POST',
  path: '/v1/classify',
  scope: 'classify',
  errorShape: 'problem',
  handler: classifyWith({
    async parse(incoming) {
      const { c, body } = incoming;
      if (body.bytes.length === 0) {
        throw new Problem('body-empty', `Send a ${listFormats('or')} image as the body: curl --data-binary @cat.png …`);
      }
      const opened = openBody(body, c.req.header('Content-Type') ?? null);
      const { selector, topK, threshold } = readParameters(queryOf(c.req.url), opened.parameters);
      const image = 'url' in opened ? await fetchSent(opened.url, incoming) : opened;
      return {
        selector,
        images: ({ manifest }) => [
          { open: image.open, brief: image.brief, topK: readTopK(topK, manifest.labels.length), threshold },
        ],
        respond: ([classified], lease) => answerOf(c.get('id'), lease, classified!),
      };
    },
    settle: failTogether,
  }),
  docs: import.meta.bundled ? undefined : describe(),
});

/** The image at an address. It is fetched before the request waits for its turn. */
async function fetchSent(address: string, { c, signal, hold }: Incoming) {
  const { settings, budget } = c.get('isolate');
  const { MAX_BODY_BYTES: maxBytes, URL_SECONDS: seconds } = settings.limits;
  const fetched = await fetchImage(address, {
    hosts: settings.imageHosts,
    maxBytes,
    budget,
    sender: senderId(c),
    seconds,
    signal,
    fetch: (...request) => fetch(...request),
  });
  hold(fetched.release);
  return { open: () => ({ kind: 'image', bytes: fetched.bytes }) as const, brief: false };
}

function describe(): RouteDocs {
  const { MAX_BODY_BYTES } = limitsSchema.parse({});
  const pixels = imageFormats
    .map((format) => `${formats[format].maxPixels / 1e6} million for ${formatNames[format]}`)
    .join(', ');
  const mediaTypes = Object.values(formats).flatMap((format) => format.mediaTypes);
  const binary = { binary: true } as const;
  return {
    id: 'classify',
    tag: 'classify',
    summary: 'Classify an image',
    description:
      `${listFormats('or')}. The format is detected from the first bytes, regardless of Content-Type. The image is ` +
      'rotated upright by its EXIF orientation and converted to sRGB; transparent areas become white. The parameters of ' +
      'the query are also accepted as text fields of the form and as members of the JSON; unknown ones are refused.',
    parameters: queryParameters(),
    request: {
      description: `At most ${MAX_BODY_BYTES} bytes. Maximum number of pixels: ${pixels}. The owner may have configured other limits.`,
      content: {
        'multipart/form-data': { files: { image: { max: 1, description: 'The image.' } } },
        'application/octet-stream': binary,
        ...Object.fromEntries(mediaTypes.map((type) => [type, binary])),
        'application/json': {
          schema: classifyJsonSchema,
          examples: { inline: { image: onePixel }, address: { url: 'https://example.org/cat.jpg' } },
        },
        [RAW_PIXELS_TYPE]: binary,
      },
    },
    responses: [
      {
        status: 200,
        description: 'The most probable classes.',
        headers: serverTiming,
        content: { 'application/json': { schema: classifyAnswerSchema, examples: { cat: classification } } },
        links: {
          sendFeedback: { description: 'Say what the image really shows, with the `id`.' },
          removeFeedback: { description: 'Delete that feedback.', parameters: { id: '$response.body#/id' } },
        },
      },
    ],
    problems: [
      ...requestProblems(),
      'image-too-many-pixels',
      'image-unsupported',
      'image-undecodable',
      'url-refused',
      'pixels-wrong-length',
      'url-failed',
    ],
  };
}

export function queryParameters(): readonly Parameter[] {
  const { top_k, threshold, model, version, channel } = classifyQuerySchema.shape;
  return [
    {
      in: 'query',
      name: 'top_k',
      description:
        "How many classes to return, up to the model's number of classes. Default: 5, or all if there are fewer.",
      schema: top_k,
      example: 3,
    },
    {
      in: 'query',
      name: 'model',
      description: 'Default: the endpoint’s default model.',
      schema: model,
      example: 'cifar10',
    },
    {
      in: 'query',
      name: 'channel',
      description: 'Default: `stable`, or `canary` for its share of the callers. Excludes `version`.',
      schema: channel,
      example: 'stable',
    },
    {
      in: 'query',
      name: 'version',
      description: 'A version that a channel of the model serves. Excludes `channel`.',
      schema: version,
      example: classification.model.version,
    },
    // Last, since generated clients pass parameters by position.
    {
      in: 'query',
      name: 'threshold',
      description: 'Omits classes with a lower score, 0 to 1. The list may be empty. Default: 0.',
      schema: threshold,
      example: 0.5,
    },
  ];
}

/** The problems of every request that has a body and selects a release. */
export function requestProblems(): readonly ProblemCode[] {
  return [
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
}
