/** Valid requests and their expected answers. */
import { createHash } from 'node:crypto';
import { RAW_PIXELS_TYPE } from '@glimpse/shared/api/raw-pixels';
import {
  type Answered,
  type Asked,
  ask,
  BATCH,
  CLASSIFY,
  json,
  judge,
  type Kind,
  misjudged,
  post,
  type World,
} from './kind.ts';
import type { KnownImage } from './known-images.ts';
import { PAGE } from './target.ts';

const INFER = '/v2/models/cifar10/infer';

const pick = <T>(list: readonly T[], turn: number): T => list[turn % list.length]!;
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** Checks the answer of `/v1/classify` for a known image. */
const classified = (world: World, known: Omit<KnownImage, 'bytes'>) => (answered: Answered) => {
  const { model, predictions } = json(answered);
  if (model.version !== world.version) return `answered by ${model.version}`;
  return misjudged(predictions, known, world.labels);
};

interface Sending {
  readonly weight: number;
  readonly of: (world: World) => readonly KnownImage[];
  /** How its bytes are sent. Default: unchanged. */
  readonly as?: (bytes: KnownImage['bytes'], turn: number) => Asked & { readonly query?: string };
  /** Allowed statuses other than 200. */
  readonly or?: readonly [status: number, code: string];
  /** Additional checks; returns what is wrong with an answer. */
  readonly look?: (answered: Answered) => string | undefined;
}

/** Sends a known image to `/v1/classify`. */
function image(name: string, { weight, of, as = (bytes) => post(bytes), or, look }: Sending): Kind {
  return {
    name,
    route: `POST ${CLASSIFY}`,
    weight,
    async send(world, turn) {
      const known = pick(of(world), turn);
      const { query = '', ...init } = as(known.bytes, turn);
      return judge(await ask(world, CLASSIFY + query, init), or ? [200, or[0]] : 200, (it) =>
        it.status === or?.[0] ? codeIs(it, or[1]) : (look?.(it) ?? classified(world, known)(it)),
      );
    },
  };
}

const ofPixels = ({ images }: World) => images.pixels;
const ofSmall = ({ images }: World) => images.small;
const asPixels = (bytes: KnownImage['bytes']) => post(bytes, { 'Content-Type': RAW_PIXELS_TYPE });

/** A page sends its Origin and can read the answer only if the answer allows that origin. */
const page = image('JPEG or WebP of a page, by its publishable key', {
  weight: 6,
  of: ofSmall,
  as: (bytes, turn) => ({
    key: 'page',
    query: '?top_k=3',
    ...post(bytes, { Origin: PAGE, 'CF-Connecting-IP': `203.0.113.${turn % 50}` }),
  }),
  look: ({ headers }) => (headers.get('Access-Control-Allow-Origin') === PAGE ? undefined : 'not readable by its page'),
});

const metered = image('raw 32 x 32, counted against a quota', {
  weight: 8,
  of: ofPixels,
  as: (bytes) => ({ key: 'metered', ...asPixels(bytes) }),
  look: ({ headers }) =>
    /^"day";r=\d+;t=\d+$/.test(headers.get('RateLimit') ?? '') ? undefined : 'the quota is not shown',
});

const scarce = image('raw 32 x 32 of a key with 100 a day', {
  weight: 2,
  of: ofPixels,
  as: (bytes) => ({ key: 'scarce', ...asPixels(bytes) }),
  or: [429, 'quota-exhausted'],
});

const multipart = image('multipart', {
  weight: 4,
  of: ofSmall,
  as: (bytes) => {
    const form = new FormData();
    form.append('top_k', '5');
    form.append('image', new Blob([bytes]), 'photo');
    return { method: 'POST', body: form };
  },
});

const inBase64 = image('base64', {
  weight: 4,
  of: ({ images }) => [...images.small, ...images.medium],
  as: (bytes) => post(JSON.stringify({ image: base64(bytes) }), { 'Content-Type': 'application/json' }),
});

const batch: Kind = {
  name: 'batch of 2 to 8, one of them broken',
  route: `POST ${BATCH}`,
  weight: 3,
  async send(world, turn) {
    const { png, small } = world.images;
    const broken = turn % 2;
    const sent = Array.from({ length: 2 + (turn % 7) }, (_, i) => pick([...png, ...small], turn + i));
    const form = new FormData();
    for (const [i, { bytes }] of sent.entries()) {
      form.append('image', new Blob([i === broken ? bytes.subarray(0, bytes.length / 2) : bytes]));
    }
    return judge(await ask(world, BATCH, { method: 'POST', body: form }), 200, (it) => {
      const { results } = json(it);
      if (results.length !== sent.length) return `${results.length} results for ${sent.length} images`;
      for (const [i, known] of sent.entries()) {
        const { answer, problem } = results[i];
        // An image of a batch can also be rejected because the queue is full.
        if (problem?.status === 503) continue;
        if (i === broken ? problem?.code !== 'image-undecodable' : !answer)
          return `at ${i}: ${JSON.stringify(problem)}`;
        const wrong = answer && misjudged(answer.predictions, known, world.labels);
        if (wrong) return `at ${i}: ${wrong}`;
      }
      return undefined;
    });
  },
};

const huggingFace: Kind = {
  name: 'Hugging Face: bytes, and JSON with top_k',
  route: 'POST /models/{name}',
  weight: 5,
  async send(world, turn) {
    const known = pick(world.images.small, turn);
    const inputs = () => JSON.stringify({ inputs: base64(known.bytes), parameters: { top_k: 3 } });
    const answered = await ask(world, '/models/cifar10', post(turn % 2 ? known.bytes : inputs()));
    return judge(answered, 200, (it) => misjudged(json(it), known, world.labels));
  },
};

/** The JSON of the request and its body. */
function inference(world: World, turn: number): { known: Omit<KnownImage, 'bytes'>; init: RequestInit } {
  const { png, pixels, tensors } = world.images;
  const inputs = (name: string, datatype: string, shape: number[], rest: object) =>
    JSON.stringify({ inputs: [{ name, datatype, shape, ...rest }], outputs: [{ name: 'scores' }] });
  const form = Math.floor(turn / 10) % 4;
  if (form === 0) {
    const known = pick(png, turn);
    return { known, init: post(inputs('picture', 'BYTES', [1], { data: [base64(known.bytes)] })) };
  }
  if (form === 1) {
    const known = pick(pixels, turn);
    return { known, init: post(inputs('pixels', 'UINT8', [1, 32, 32, 3], { data: [...known.bytes] })) };
  }
  const [known, shape, tensor, name, type] =
    form === 2
      ? ([pick(tensors, turn), [1, 32, 32, 3], bytesOf(pick(tensors, turn).values), 'tensor', 'FP32'] as const)
      : ([pick(png, turn), [1], lengthFirst(pick(png, turn).bytes), 'picture', 'BYTES'] as const);
  const head = Buffer.from(inputs(name, type, [...shape], { parameters: { binary_data_size: tensor.length } }));
  const headers = { 'Inference-Header-Content-Length': String(head.length) };
  return { known, init: post(new Uint8Array(Buffer.concat([head, tensor])), headers) };
}

const openInference: Kind = {
  name: 'Open Inference: BYTES, UINT8 and FP32, JSON and binary',
  route: 'POST /v2/models/{name}/infer',
  weight: 5,
  async send(world, turn) {
    const { known, init } = inference(world, turn);
    const answered = await ask(world, INFER, init as Parameters<typeof ask>[2]);
    return judge(answered, 200, (it) => {
      const data: number[] = json(it).outputs[0].data;
      const off = Math.max(...data.map((score, i) => Math.abs(score - known.scores[i]!)));
      return data.length === known.scores.length && off <= known.within ? undefined : `scores are off by ${off}`;
    });
  },
};

/** Classifies, sends feedback twice, and deletes it every other time. */
const feedback: Kind = {
  name: 'feedback, twice, and its removal',
  route: 'POST /v1/feedback',
  weight: 2,
  async send(world, turn) {
    const known = pick(world.images.small, turn);
    const first = await ask(world, CLASSIFY, post(known.bytes));
    if (first.status !== 200) return judge(first, 200);
    const { id } = json(first);
    const said = {
      id,
      label: pick(world.labels, turn),
      ...(turn % 3 ? {} : { image: base64(known.bytes), consent: true }),
    };
    const given = await ask(world, '/v1/feedback', post(JSON.stringify(said)));
    if (given.status !== 201) return judge(given, 201);
    const again = await ask(world, '/v1/feedback', post(JSON.stringify({ id, label: pick(world.labels, turn + 1) })));
    if (again.status !== 200 || turn % 2) return judge(again, 200);
    return judge(await ask(world, `/v1/feedback/${id}`, { method: 'DELETE' }), 204);
  },
};

function get(
  name: string,
  path: string | ((world: World) => string),
  weight: number,
  look?: (it: Answered, world: World) => string | undefined,
): Kind {
  return {
    name,
    route: `GET ${typeof path === 'string' ? path : '/v1/models/{name}/releases/{version}'}`,
    weight,
    async send(world) {
      const answered = await ask(world, typeof path === 'string' ? path : path(world));
      return judge(answered, 200, look && ((it) => look(it, world)));
    },
  };
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const files: Kind = {
  name: 'files: whole, by ranges, and by their ETag',
  route: 'GET /v1/models/{name}/releases/{version}/files/{file}',
  weight: 3,
  async send(world, turn) {
    const [file, bytes] = pick([...world.files], turn);
    const path = `/v1/models/cifar10/releases/${world.version}/files/${file}`;
    const way = Math.floor(turn / 10) % 4;
    if (way === 0) {
      return judge(await ask(world, path), 200, (it) =>
        sha256(it.bytes) === sha256(bytes) ? undefined : 'other bytes',
      );
    }
    if (way === 1) {
      const headers = { 'If-None-Match': `"${sha256(bytes)}"` };
      return judge(await ask(world, path, { headers }), 304);
    }
    if (way === 2) {
      return judge(await ask(world, path, { method: 'HEAD' }), 200, (it) =>
        it.bytes.length === 0 ? undefined : 'HEAD with a body',
      );
    }
    const from = (turn * 131) % (bytes.length - 1);
    const to = Math.min(bytes.length - 1, from + 9_999);
    return judge(await ask(world, path, { headers: { Range: `bytes=${from}-${to}` } }), 206, (it) =>
      sha256(it.bytes) === sha256(bytes.subarray(from, to + 1)) ? undefined : 'other bytes than those of the range',
    );
  },
};

const preflight: Kind = {
  name: 'preflight',
  route: `OPTIONS ${CLASSIFY}`,
  weight: 2,
  async send(world) {
    const headers = { Origin: PAGE, 'Access-Control-Request-Method': 'POST' };
    return judge(await ask(world, CLASSIFY, { method: 'OPTIONS', headers }), 204);
  },
};

export const hasty: Kind = {
  name: 'models, by a key that asks more than 500 times in 10 s',
  route: 'GET /v1/models',
  weight: 0,
  async send(world) {
    const answered = await ask(world, '/v1/models', { key: 'hasty' });
    return judge(answered, [200, 429], (it) => (it.status === 429 ? codeIs(it, 'rate-limited') : undefined));
  },
};

function codeIs(it: Answered, code: string): string | undefined {
  const said = json(it).code;
  return said === code && it.headers.get('Retry-After') ? undefined : `${said} in place of ${code}, with Retry-After`;
}

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The encoding of a BYTES tensor: each element has a four-byte length prefix. */
function lengthFirst(bytes: Uint8Array): Uint8Array {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(bytes.length);
  return Buffer.concat([head, bytes]);
}

export const medium = image('JPEG 200 KB, WebP 2 MP', { weight: 6, of: ({ images }) => images.medium });
export const large = image('JPEG 12 MP', { weight: 2, of: ({ images }) => images.large });

export const goodKinds: readonly Kind[] = [
  image('raw 32 x 32', { weight: 14, of: ofPixels, as: asPixels }),
  image('PNG 32 x 32', { weight: 8, of: ({ images }) => images.png }),
  image('JPEG and WebP 320 x 320', { weight: 12, of: ofSmall }),
  medium,
  large,
  page,
  metered,
  scarce,
  multipart,
  inBase64,
  batch,
  huggingFace,
  openInference,
  feedback,
  get('models', '/v1/models', 2, (it) =>
    json(it).models.some(({ name }: { name: string }) => name === 'cifar10') ? undefined : 'no cifar10',
  ),
  get('model', '/v1/models/cifar10', 2, (it, world) =>
    json(it).channels.stable.version === world.version ? undefined : 'another version',
  ),
  get(
    'release',
    (world) => `/v1/models/cifar10/releases/${world.version}`,
    1,
    (it, world) => (json(it).version === world.version ? undefined : 'another version'),
  ),
  files,
  get('openapi.json', '/openapi.json', 1, (it) => (json(it).openapi.startsWith('3.1') ? undefined : 'not 3.1')),
  get('docs', '/docs', 1),
  get('widget', '/widget.js', 1),
  get('readyz', '/readyz', 2, (it) =>
    json(it).ready === true && json(it).backend === 'wasm' ? undefined : 'not ready',
  ),
  get('healthz', '/healthz', 2),
  get('Open Inference ready', '/v2/health/ready', 1),
  preflight,
];
