/** `POST /models/{name}`: image classification for the clients of Hugging Face. */
import { DEFAULT_TOP_K } from '@glimpse/shared/api/classify';
import {
  type HuggingFaceAnswer,
  huggingFaceAnswerSchema,
  huggingFaceRequestSchema,
} from '@glimpse/shared/api/hugging-face';
import { Problem } from '@glimpse/shared/api/problems';
import { parseJson } from '../../../body/parse-json.ts';
import type { HeldBody } from '../../../body/read-body.ts';
import { classifyWith, failTogether } from '../../../classify/pipeline.ts';
import type { AppContext } from '../../../context.ts';
import { modelNameOf } from '../../path-parameters.ts';
import { type RouteDocs, route } from '../../route.ts';
import { classification, nameParameter, onePixel, serverTiming } from '../../route-docs.ts';

/** White space that JSON may begin with. */
const SPACES = new Set([...' \t\r\n'].map((space) => space.charCodeAt(0)));
const EXPECTED = 'send the image itself, or {"inputs": "<base64>", "parameters": {"top_k": 3}}.';

export const classifyForHuggingFace = route({
  method: 'POST',
  path: '/models/:name',
  // Hugging Face's names are `owner/name`.
  morePaths: ['/models/*'],
  scope: 'classify',
  errorShape: 'text',
  handler: (c) => (c.req.param('name') === undefined ? refuseOwner(c) : answer(c)),
  docs: import.meta.bundled ? undefined : describe(),
});

const answer = classifyWith({
  parse({ c, body }) {
    if (body.bytes.length === 0) throw new Problem('body-empty', `The body is empty: ${EXPECTED}`);
    let topK = DEFAULT_TOP_K;
    const open = () => {
      const request = openRequest(body);
      topK = Math.max(request.topK, 1);
      return { kind: 'image', bytes: request.bytes } as const;
    };
    return {
      selector: { model: modelNameOf(c) },
      // All classes, since `topK` is known only after the body has been opened.
      images: ({ manifest }) => [{ open, topK: manifest.labels.length }],
      respond: ([classified]): HuggingFaceAnswer =>
        classified!.predictions.slice(0, topK).map(({ label, score }) => ({ label, score })),
    };
  },
  settle: failTogether,
});

/** Models have no owner here, and the answer never comes from another model than the requested one. */
function refuseOwner(c: AppContext): never {
  const sent = c.req.path.replace(/^\/models\/|\/+$/g, '');
  const name = sent.split('/').at(-1)!.slice(0, 64);
  const what = sent.includes('/') ? 'Models have no owner here' : 'The path has a slash at the end';
  throw new Problem(
    'model-unknown',
    `${what}. If the model is ${name}, POST to /models/${name}. GET /v1/models lists the models of this endpoint.`,
  );
}

/** JSON if it begins with `{`, which no image does. Clients send raw bytes with any Content-Type. */
function openRequest({ bytes: body, hold }: HeldBody) {
  const first = body.find((byte) => !SPACES.has(byte));
  if (first !== '{'.charCodeAt(0)) return { bytes: body, topK: DEFAULT_TOP_K };
  const {
    value: { inputs, parameters },
    decode,
  } = parseJson(body, huggingFaceRequestSchema, { expected: EXPECTED, images: ['inputs'], hold });
  const bytes = decode(inputs);
  if (!bytes) throw new Problem('body-malformed', '"inputs" is not base64 (RFC 4648). Is it truncated, or an address?');
  return { bytes, topK: parameters?.top_k ?? DEFAULT_TOP_K };
}

function describe(): RouteDocs {
  return {
    id: 'classifyForHuggingFace',
    tag: 'hugging-face',
    summary: 'Classify an image, for clients of Hugging Face',
    description:
      'Give this address to a Hugging Face client as its endpoint. A body that begins with `{` is JSON, regardless of ' +
      'its Content-Type; any other body is the image. `top_k` is clamped to its range.',
    parameters: [nameParameter],
    request: {
      description: 'The image itself, or JSON that contains it.',
      content: {
        'application/octet-stream': { binary: true },
        'application/json': {
          schema: huggingFaceRequestSchema,
          examples: { three: { inputs: onePixel, parameters: { top_k: 3 } } },
        },
      },
    },
    responses: [
      {
        status: 200,
        description: 'The most probable classes.',
        headers: serverTiming,
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
  };
}
