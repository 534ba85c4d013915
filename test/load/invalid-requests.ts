/** Invalid requests and requests that clients abandon, with the expected answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { RAW_PIXELS_TYPE } from '@glimpse/shared/api/raw-pixels';
import { open, type RawRequest } from '../support/worker/raw-request.ts';
import { type Asked, ask, BATCH, CLASSIFY, type Kind, post, refused, type World } from './kind.ts';
import { BODY_SECONDS } from './target.ts';

const MiB = 1024 * 1024;

interface Refusal {
  readonly path?: string;
  /** The name in the list of routes, if it differs from the path. */
  readonly route?: string;
  readonly init: (world: World, turn: number) => Asked;
  readonly status: number;
  readonly code: string;
}

const jsonOf = (value: unknown): Asked => post(JSON.stringify(value), { 'Content-Type': 'application/json' });
const small = ({ images }: World, turn: number) => images.small[turn % images.small.length]!.bytes;
const example = ({ images }: World, turn: number) => images.png[turn % images.png.length]!.bytes;

function formOf(name: string, count: number, bytes: Uint8Array<ArrayBuffer>): Asked {
  const form = new FormData();
  for (let i = 0; i < count; i++) form.append(name, new Blob([bytes]));
  return { method: 'POST', body: form };
}

/** The header of a PNG with a size of 100,000 x 100,000. */
function bombPng(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const bomb = Buffer.from(bytes);
  bomb.writeUInt32BE(100_000, 16);
  bomb.writeUInt32BE(100_000, 20);
  // The header must be valid, including its checksum.
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  return new Uint8Array(bomb);
}

const DEEP = 100_000;
const aboutNobody = { id: 'AAAA', label: 'cat' };

const refusals: Record<string, Refusal> = {
  'truncated JPEG, WebP': {
    init: (world, turn) => post(small(world, turn).slice(0, 600 + (turn % 800))),
    status: 422,
    code: 'image-undecodable',
  },
  'truncated PNG': {
    init: (world, turn) => post(example(world, turn).slice(0, -200)),
    status: 422,
    code: 'image-undecodable',
  },
  'truncated 200 KB JPEG': {
    init: ({ images }, turn) => post(images.medium[0]!.bytes.slice(0, 50_000 + (turn % 100) * 1000)),
    status: 422,
    code: 'image-undecodable',
  },
  'text as an image': { init: () => post('no image'), status: 415, code: 'image-unsupported' },
  'PNG of 100,000 x 100,000': {
    init: (world, turn) => post(bombPng(example(world, turn))),
    status: 413,
    code: 'image-too-many-pixels',
  },
  'empty body': { init: () => ({ method: 'POST' }), status: 400, code: 'body-empty' },
  'raw pixels of a wrong length': {
    init: ({ images }, turn) =>
      post(images.pixels[0]!.bytes.slice(0, 1 + (turn % 3000)), { 'Content-Type': RAW_PIXELS_TYPE }),
    status: 400,
    code: 'pixels-wrong-length',
  },
  'deep JSON': {
    init: () => post('['.repeat(DEEP), { 'Content-Type': 'application/json' }),
    status: 400,
    code: 'body-malformed',
  },
  'no base64': { init: () => jsonOf({ image: '***' }), status: 400, code: 'body-malformed' },
  'a form without the field': {
    init: (world, turn) => formOf('photo', 1, small(world, turn)),
    status: 400,
    code: 'body-malformed',
  },
  'batch of 33': {
    path: BATCH,
    init: (world, turn) => formOf('image', 33, example(world, turn)),
    status: 413,
    code: 'batch-too-large',
  },
  'top_k of 99': {
    path: `${CLASSIFY}?top_k=99`,
    init: (world, turn) => post(example(world, turn)),
    status: 400,
    code: 'parameter-invalid',
  },
  'NUL in a parameter': {
    path: `${CLASSIFY}?model=a%00b`,
    init: (world, turn) => post(example(world, turn)),
    status: 400,
    code: 'parameter-invalid',
  },
  'no such model': {
    path: `${CLASSIFY}?model=unheard-of`,
    init: (world, turn) => post(example(world, turn)),
    status: 404,
    code: 'model-unknown',
  },
  'no such version': {
    path: `${CLASSIFY}?version=20200101T0000Z-00000000`,
    init: (world, turn) => post(example(world, turn)),
    status: 404,
    code: 'version-unknown',
  },
  'no such route': { path: '/v1/unheard-of', init: () => ({}), status: 404, code: 'route-unknown' },
  'no such method': {
    path: CLASSIFY,
    init: () => ({ method: 'PUT', body: 'x' }),
    status: 405,
    code: 'method-not-allowed',
  },
  'an address to fetch from': {
    init: () => jsonOf({ url: 'https://169.254.169.254/latest' }),
    status: 403,
    code: 'url-refused',
  },
  'no key': {
    init: (world, turn) => ({ ...post(example(world, turn)), headers: { Authorization: '' } }),
    status: 401,
    code: 'key-missing',
  },
  'a mistyped key': {
    init: ({ keys, ...world }, turn) => ({
      ...post(example({ keys, ...world }, turn)),
      headers: { Authorization: `Bearer ${keys.app.slice(0, -1)}` },
    }),
    status: 401,
    code: 'key-malformed',
  },
  'a key of another project': {
    init: (world, turn) => ({
      key: 'unknown',
      ...post(example(world, turn), { 'CF-Connecting-IP': `198.51.100.${turn % 50}` }),
    }),
    status: 401,
    code: 'key-unknown',
  },
  'a revoked key': {
    init: (world, turn) => ({ key: 'revoked', ...post(example(world, turn)) }),
    status: 401,
    code: 'key-revoked',
  },
  'a page that the key is not for': {
    init: (world, turn) => ({
      key: 'page',
      ...post(example(world, turn), { Origin: turn % 2 ? 'https://elsewhere.example' : 'null' }),
    }),
    status: 403,
    code: 'origin-refused',
  },
  'a key without the right': {
    path: '/v1/feedback',
    init: () => ({ key: 'classifyOnly', ...jsonOf(aboutNobody) }),
    status: 403,
    code: 'scope-missing',
  },
  'feedback about no answer': {
    path: '/v1/feedback',
    init: () => jsonOf(aboutNobody),
    status: 400,
    code: 'feedback-id-invalid',
  },
};

const often: Record<string, number> = { 'truncated JPEG, WebP': 2, 'a key of another project': 2 };

function refusal(name: string, { path = CLASSIFY, route, init, status, code }: Refusal): Kind {
  return {
    name,
    route: `${status === 405 ? 'PUT' : path === '/v1/unheard-of' ? 'GET' : 'POST'} ${route ?? path.split('?')[0]}`,
    weight: often[name] ?? 1,
    bad: true,
    send: async (world, turn) => refused(await ask(world, path, init(world, turn)), status, code),
  };
}

/** Written to a socket directly, because no HTTP library sends it. */
function raw(
  name: string,
  weight: number,
  request: (world: World, turn: number) => RawRequest,
  accepted: readonly number[],
): Kind {
  return {
    name,
    route: `POST ${CLASSIFY}`,
    weight,
    bad: true,
    async send(world, turn) {
      const { status, body } = await open(world.url, request(world, turn)).answer;
      const right = status === 503 || accepted.includes(status);
      return { status, wrong: right ? undefined : `${status}: ${body.slice(0, 300)}` };
    },
  };
}

const signed = ({ keys }: World, headers: Record<string, string>) => ({
  Authorization: `Bearer ${keys.app}`,
  ...headers,
});

/** Sends half of a body, or all of it, and disconnects without waiting for the answer. */
const leaving: Kind = {
  name: 'clients that leave midway',
  route: `POST ${CLASSIFY}`,
  weight: 3,
  bad: true,
  async send(world, turn) {
    const bytes = world.images.medium[0]!.bytes;
    const parts = turn % 2 ? [bytes] : [bytes.subarray(0, bytes.length / 2)];
    const headers = signed(world, { 'Content-Length': String(bytes.length) });
    const connection = open(world.url, { path: CLASSIFY, headers, parts });
    await connection.sent;
    await sleep((turn % 5) * 2);
    if (turn % 3) connection.reset();
    else connection.leave();
    return { status: 'left' };
  },
};

export const badKinds: readonly Kind[] = [
  ...Object.entries(refusals).map(([name, each]) => refusal(name, each)),
  leaving,
  raw(
    'a body of a byte now and then, in time',
    0.3,
    (world) => ({
      path: CLASSIFY,
      headers: signed(world, { 'Content-Length': '20' }),
      drip: { everyMs: 100, times: 20 },
    }),
    [415],
  ),
  raw(
    'a body of a byte now and then, too slow',
    0.2,
    (world) => ({
      path: CLASSIFY,
      headers: signed(world, { 'Content-Length': '1000' }),
      drip: { everyMs: 500, times: 4 * BODY_SECONDS },
    }),
    [408],
  ),
  raw(
    'a length of 60 MB, and a part of it',
    0.5,
    (world) => ({
      path: CLASSIFY,
      headers: signed(world, { 'Content-Length': String(60 * MiB) }),
      parts: [world.images.medium[0]!.bytes],
    }),
    [413],
  ),
  raw(
    '30 MB without a length',
    0.1,
    (world) => ({
      path: CLASSIFY,
      headers: signed(world, {}),
      chunked: true,
      parts: Array.from({ length: 30 }, () => new Uint8Array(MiB)),
    }),
    // On a busy machine, the timeout may expire before all bytes are sent.
    [413, 408],
  ),
  raw(
    'a length that is less than the body',
    1,
    (world, turn) => ({
      path: CLASSIFY,
      headers: signed(world, { 'Content-Length': '100' }),
      parts: [example(world, turn)],
    }),
    [422],
  ),
  raw(
    '10,000 bytes of headers',
    1,
    (world, turn) => ({
      path: CLASSIFY,
      headers: signed(world, {
        'Content-Length': String(example(world, turn).length),
        ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`X-Filler-${i}`, 'x'.repeat(85)])),
      }),
      parts: [example(world, turn)],
    }),
    [200],
  ),
];
