/** Keys, origins and limits of the Worker, in workerd. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { testRelease } from '@glimpse/test/support/release';
import { flatPng, png } from '@glimpse/test/support/worker/images';
import { type TestKey, testKey } from '@glimpse/test/support/worker/keys';
import { exchange } from '@glimpse/test/support/worker/raw-request';
import { refuse } from '@glimpse/test/support/worker/s3-server';
import { startWorkerOnS3 } from '@glimpse/test/support/worker/s3-worker';
import { startWorker, type TestWorker } from '@glimpse/test/support/worker/worker';

const PAGE = 'https://page.example';
const image = await png(8, 8);
const release = await testRelease();

async function start(vars: Record<string, string>): Promise<TestWorker> {
  const worker = await startWorker(vars);
  await worker.publish([release], { stable: release.version });
  return worker;
}

const guarded = await start({ REQUIRE_KEYS: 'on', KEY_CACHE_SECONDS: '1' });
const open = await start({});
after(() => Promise.all([guarded.close(), open.close()]));

const secret = await testKey();
const publishable = await testKey({ kind: 'publishable', origins: [PAGE, 'http://localhost:3000'] });
const reader = await testKey({ scopes: ['read'] });
const shown: string[] = [];
async function store(worker: TestWorker, ...keys: TestKey[]) {
  for (const { text, object, record } of keys) {
    shown.push(text);
    await worker.privateBucket.put(object, JSON.stringify(record));
  }
}
for (const worker of [guarded, open]) await store(worker, secret, publishable, reader);

const ask = (worker: TestWorker, key: string | undefined, headers: Record<string, string> = {}, query = '') =>
  worker.request(`/v1/classify${query}`, {
    method: 'POST',
    body: image,
    headers: { ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }), ...headers },
  });
const models = (worker: TestWorker, key?: string) =>
  worker.request('/v1/models', { headers: key === undefined ? {} : { Authorization: `Bearer ${key}` } });

test('without a key, only health is served, and the error says how to send a key', async () => {
  for (const answer of [await ask(guarded, undefined), await models(guarded)]) {
    assert.deepEqual([answer.status, answer.json.code], [401, 'key-missing']);
    assert.equal(answer.headers.get('WWW-Authenticate'), 'Bearer realm="glimpse"');
    assert.match(answer.json.detail, /Authorization: Bearer/);
  }
  assert.equal((await guarded.request('/healthz')).status, 200);
  assert.equal((await guarded.request('/readyz')).json.keys, 'required');
  assert.equal((await guarded.request('/nowhere')).status, 404);
  const headers = { Authorization: `Bearer ${secret.text}` };
  assert.equal((await guarded.request('/v1/classify', { headers })).status, 405);
});

test('a secret key opens what its scopes allow', async () => {
  assert.equal((await ask(guarded, secret.text)).status, 200);
  assert.equal((await models(guarded, secret.text)).status, 200);
  assert.equal((await models(guarded, reader.text)).status, 200);
  const refused = await ask(guarded, reader.text);
  assert.deepEqual([refused.status, refused.json.code], [403, 'scope-missing']);
  assert.match(refused.json.detail, /scopes are read; this endpoint requires `classify`/);
  assert.match(refused.headers.get('WWW-Authenticate') ?? '', /insufficient_scope/);
});

test('responses to requests with a key are not cacheable by shared caches', async () => {
  const path = `/v1/models/cifar10/releases/${release.version}`;
  const { status, headers } = await guarded.request(path, { headers: { Authorization: `Bearer ${reader.text}` } });
  assert.equal(status, 200);
  assert.match(headers.get('Cache-Control') ?? '', /^private, max-age=\d+, immutable/);
  assert.match(headers.get('Vary') ?? '', /Authorization/);
  assert.match((await open.request(path)).headers.get('Cache-Control') ?? '', /^public/);
});

const wrongKeys: [string, string, string][] = [
  ['of another project', createKeyText('secret'), 'key-unknown'],
  ['of another service', 'hf_abcdefghijklmnopqrstuvwxyzabcdefgh', 'key-malformed'],
  ['with a checksum that does not fit', `${secret.text.slice(0, -2)}__`, 'key-malformed'],
  ['with a line end, as a shell writes it', `${secret.text}\\n`, 'key-malformed'],
  ['with a line end, as an address writes it', `${secret.text}%0A`, 'key-malformed'],
  ['that is cut', secret.text.slice(0, 20), 'key-malformed'],
  ['of ten thousand characters', secret.text.repeat(250), 'key-malformed'],
];
for (const [name, key, code] of wrongKeys) {
  test(`a key ${name} is 401`, async () => {
    const answer = await ask(guarded, key);
    assert.deepEqual([answer.status, answer.json.code], [401, code]);
    assert.match(
      answer.headers.get('WWW-Authenticate') ?? '',
      /^Bearer realm="glimpse", error="invalid_token"$|^Bearer/,
    );
  });
}

test('a line break after a key in its header ends the line, or the request is rejected', async () => {
  for (const [tail, expected] of [
    ['\r\n ', 400],
    ['\r\n x', 400],
    ['\r', 400],
    // RFC 9112, section 2.2: a recipient may accept a line feed alone as the end of a line.
    ['\n', 200],
    ['\n x', 400],
  ] as const) {
    const headers = { Authorization: `Bearer ${secret.text}${tail}`, Connection: 'close' };
    const { status } = await exchange(guarded.url, { method: 'GET', path: '/v1/models', headers });
    assert.equal(status, expected, JSON.stringify(tail));
  }
});

test('a revoked key works until the cache expires, and never again', async () => {
  const key = await testKey();
  await store(guarded, key);
  assert.equal((await models(guarded, key.text)).status, 200);
  const revoked = { ...key.record, revoked: new Date().toISOString() };
  await guarded.privateBucket.put(key.object, JSON.stringify(revoked));
  await sleep(1_100);
  for (let i = 0; i < 2; i++) {
    const answer = await models(guarded, key.text);
    assert.deepEqual([answer.status, answer.json.code], [401, 'key-revoked']);
  }
});

test('a publishable key works on its own pages only', async () => {
  for (const origin of [PAGE, 'http://localhost:3000', guarded.url.origin]) {
    const answer = await ask(guarded, publishable.text, { Origin: origin });
    assert.equal(answer.status, 200, origin);
    assert.equal(answer.headers.get('Access-Control-Allow-Origin'), origin);
    assert.match(answer.headers.get('Vary') ?? '', /Origin/);
  }
  for (const origin of [
    'https://other.example',
    'https://page.example.evil',
    'http://page.example',
    'null',
    undefined,
  ]) {
    const answer = await ask(guarded, publishable.text, origin === undefined ? {} : { Origin: origin });
    assert.deepEqual([answer.status, answer.json.code], [403, 'origin-refused'], origin);
  }
});

test('a publishable key works on the Worker’s own pages for GET, from which browsers omit Origin', async () => {
  const get = (headers: Record<string, string>, method = 'GET') =>
    guarded.request('/v1/models/cifar10', {
      method,
      headers: { Authorization: `Bearer ${publishable.text}`, ...headers },
    });
  const own = await get({ 'Sec-Fetch-Site': 'same-origin' });
  assert.equal(own.status, 200);
  assert.equal(own.headers.get('Access-Control-Allow-Origin'), guarded.url.origin);
  assert.match(own.headers.get('Vary') ?? '', /Origin/);
  assert.equal((await get({ 'Sec-Fetch-Site': 'same-origin' }, 'HEAD')).status, 200);
  // Only the page's own host counts, and an Origin has priority.
  for (const headers of [
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'none' },
    { 'Sec-Fetch-Site': 'same-origin, cross-site' },
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://other.example' },
    { 'Sec-Fetch-Site': 'same-origin', Origin: 'null' },
  ]) {
    const { status, json } = await get(headers);
    assert.deepEqual([status, json.code], [403, 'origin-refused'], JSON.stringify(headers));
  }
  // A page can use a revoked or foreign key no more than before.
  const unknown = { Authorization: `Bearer ${createKeyText('publishable')}`, 'Sec-Fetch-Site': 'same-origin' };
  assert.equal((await get(unknown)).json.code, 'key-unknown');
});

test('any key may list models; files require the scope read', async () => {
  const headers = { Authorization: `Bearer ${publishable.text}`, Origin: PAGE };
  assert.equal((await guarded.request('/v1/models', { headers })).status, 200);
  const files = await guarded.request('/v1/models/cifar10/releases/x/files/model.json', { headers });
  assert.deepEqual([files.status, files.json.code], [403, 'scope-missing']);
});

test('any key may describe a model to an Open Inference client, as on /v1', async () => {
  const classifier = await testKey({ scopes: ['classify'] });
  await store(guarded, classifier);
  const version = release.version;
  for (const [text, origin] of [
    [classifier.text, undefined],
    [reader.text, undefined],
    [publishable.text, PAGE],
  ] as const) {
    const headers = { Authorization: `Bearer ${text}`, ...(origin && { Origin: origin }) };
    for (const path of ['', '/ready', `/versions/${version}`, `/versions/${version}/ready`]) {
      assert.equal((await guarded.request(`/v2/models/cifar10${path}`, { headers })).status, 200, path);
    }
  }
  const headers = { Authorization: `Bearer ${reader.text}` };
  const infer = await guarded.request('/v2/models/cifar10/infer', { method: 'POST', body: '{}', headers });
  assert.deepEqual([infer.status, infer.json.error.includes('requires `classify`')], [403, true]);
});

test('a key in the URL is rejected, even on an open endpoint', async () => {
  for (const worker of [guarded, open]) {
    for (const key of [secret.text, publishable.text]) {
      const answer = await ask(worker, undefined, { Origin: PAGE }, `?key=${key}`);
      assert.deepEqual([answer.status, answer.json.code], [400, 'key-in-url']);
    }
  }
});

test('an open endpoint serves requests without a key, and enforces a key that is sent', async () => {
  assert.equal((await ask(open, undefined)).status, 200);
  assert.equal((await ask(open, 'hf_of_another_service')).status, 200);
  assert.equal((await ask(open, secret.text)).status, 200);
  assert.equal((await ask(open, createKeyText('secret'))).json.code, 'key-unknown');
  assert.equal((await ask(open, `${secret.text.slice(0, -1)}`)).json.code, 'key-malformed');
  assert.equal((await ask(open, reader.text)).json.code, 'scope-missing');
  assert.equal((await ask(open, publishable.text, { Origin: 'https://other.example' })).json.code, 'origin-refused');
});

test('CORS: which page may read which response', async () => {
  const origin = { Origin: PAGE };
  const readable: [string, Promise<{ headers: Headers; status: number }>, number, string | null][] = [
    ['open, no key', ask(open, undefined, origin), 200, '*'],
    ['open, no key, no origin', ask(open, undefined, { Origin: 'null' }), 200, '*'],
    ['open, secret key', ask(open, secret.text, origin), 200, '*'],
    ['open, error', ask(open, undefined, origin, '?top_k=0'), 400, '*'],
    ['publishable key', ask(guarded, publishable.text, origin), 200, PAGE],
    ['publishable key, error of the route', ask(guarded, publishable.text, origin, '?top_k=0'), 400, PAGE],
    ['publishable key, other page', ask(guarded, publishable.text, { Origin: 'https://other.example' }), 403, '*'],
    ['secret key in a page', ask(guarded, secret.text, origin), 200, null],
    ['secret key in a page, error of the route', ask(guarded, secret.text, origin, '?top_k=0'), 400, null],
    ['no key', ask(guarded, undefined, origin), 401, '*'],
    ['health', guarded.request('/healthz', { headers: origin }), 200, '*'],
    ['nothing', guarded.request('/nowhere', { headers: origin }), 404, '*'],
  ];
  for (const [name, asking, status, page] of readable) {
    const answer = await asking;
    assert.deepEqual([answer.status, answer.headers.get('Access-Control-Allow-Origin')], [status, page], name);
    if (page !== null) {
      assert.match(answer.headers.get('Access-Control-Expose-Headers') ?? '', /RateLimit-Policy.*ETag/, name);
    }
    assert.equal(answer.headers.get('Access-Control-Allow-Credentials'), null);
  }
});

test('a preflight, which has no key, is answered for every page and cached for a day', async () => {
  for (const worker of [guarded, open]) {
    const answer = await worker.request('/v1/classify', {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://any.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    });
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('Access-Control-Allow-Origin'), '*');
    assert.match(answer.headers.get('Access-Control-Allow-Headers') ?? '', /^Authorization, Content-Type, X-Client-Id/);
    assert.match(answer.headers.get('Access-Control-Allow-Methods') ?? '', /POST/);
    assert.equal(answer.headers.get('Access-Control-Max-Age'), '86400');
  }
});

test('the methods of a route are served without a key', async () => {
  const { status, headers } = await guarded.request('/v1/classify', { method: 'OPTIONS' });
  assert.deepEqual([status, headers.get('Allow')], [204, 'POST']);
});

test('two keys in one request are invalid', async () => {
  const path = '/v1/models';
  const twice = { Authorization: `Bearer ${secret.text}\r\nAuthorization: Bearer ${reader.text}` };
  const { status, body } = await exchange(guarded.url, { method: 'GET', path, headers: twice });
  assert.deepEqual([status, JSON.parse(body).code], [401, 'key-malformed']);
});

test('the request log names the key by its id, even if it is revoked', async () => {
  const revoked = await testKey({ revoked: new Date().toISOString() });
  await store(guarded, revoked);
  for (const [key, code] of [
    [secret, undefined],
    [revoked, 'key-revoked'],
  ] as const) {
    const { headers } = await ask(guarded, key.text);
    const of = () => guarded.requestLines().find(({ id }) => id === headers.get('X-Request-Id'));
    for (let waited = 0; !of() && waited < 5_000; waited += 20) await sleep(20);
    assert.deepEqual([of().key, of().code], [key.record.id, code]);
  }
});

test('while the account store fails, an unknown key is 503, and a known key keeps working', async () => {
  const { worker, s3 } = await startWorkerOnS3({
    REQUIRE_KEYS: 'on',
    PRIVATE_S3_BUCKET: 'private',
    KEY_CACHE_SECONDS: '0',
  });
  try {
    const known = await testKey();
    let failing = false;
    s3.disturb = ({ url = '' }, response) => {
      if (!url.startsWith('/private/')) return false;
      if (failing) refuse(response, 500, 'InternalError');
      else if (url.includes(known.record.id)) response.end(JSON.stringify(known.record));
      else refuse(response, 404, 'NoSuchKey');
      return true;
    };
    assert.equal((await models(worker, known.text)).status, 200);
    failing = true;
    assert.equal((await models(worker, known.text)).status, 200);
    const { status, json, headers } = await models(worker, (await testKey()).text);
    assert.deepEqual([status, json.code, headers.get('Retry-After')], [503, 'keys-unavailable', '1']);
  } finally {
    await worker.close();
  }
});

test('rate limits: per address without a valid key, and per key, with a wait of ten seconds', async () => {
  const limited = await startWorker({}, { rateLimit: 10 });
  try {
    await store(limited, secret, publishable);
    const from = (address: string) => ({ 'CF-Connecting-IP': address, Origin: PAGE });
    /** More than two windows allow, because one may end in between, and a burst passes some more. */
    const flood = async (address: string, key: () => string | undefined) => {
      const answers = [];
      for (let i = 0; i < 4; i++) {
        answers.push(
          ...(await Promise.all(Array.from({ length: 30 }, () => ask(limited, key(), from(address), '?top_k=0')))),
        );
      }
      return answers;
    };
    const refusals = (answers: Awaited<ReturnType<typeof flood>>) => answers.filter(({ status }) => status === 429);

    const keyless = refusals(await flood('203.0.113.7', () => undefined));
    assert.ok(keyless.length >= 10);
    for (const { json, headers } of keyless) {
      assert.equal(json.code, 'rate-limited');
      assert.match(json.detail, /from this address/);
      assert.equal(headers.get('Retry-After'), '10');
      assert.equal(headers.get('Access-Control-Allow-Origin'), '*');
    }
    assert.notEqual((await ask(limited, undefined, from('203.0.113.8'))).status, 429);
    assert.ok(refusals(await flood('203.0.113.9', () => createKeyText('secret'))).length >= 10);
    assert.ok(refusals(await flood('2001:db8::1', () => publishable.text)).length >= 10);
    for (const [address, path, expected] of [
      ['203.0.113.11', '/nowhere', 404],
      ['203.0.113.12', '/v1/classify', 405],
    ] as const) {
      const statuses: number[] = [];
      for (let i = 0; i < 4; i++) {
        const asked = Array.from({ length: 30 }, () => limited.request(path, { headers: from(address) }));
        statuses.push(...(await Promise.all(asked)).map(({ status }) => status));
      }
      assert.deepEqual(new Set(statuses), new Set([expected, 429]));
      assert.ok(statuses.filter((status) => status === 429).length >= 10, path);
    }

    const keyed = refusals(await flood('203.0.113.10', () => secret.text));
    assert.ok(keyed.length >= 10);
    assert.match(keyed[0]!.json.detail, /with this key/);
    assert.equal((await limited.request('/readyz')).json.code, 'model-unavailable');
  } finally {
    await limited.close();
  }
});

test('a daily quota: remaining requests, exhaustion, and free reads', async () => {
  const key = await testKey({ quotaPerDay: 3 });
  await store(guarded, key);
  for (const left of [2, 1, 0]) {
    const { status, headers } = await ask(guarded, key.text);
    assert.equal(status, 200);
    assert.equal(headers.get('RateLimit-Policy'), '"day";q=3;w=86400');
    assert.match(headers.get('RateLimit') ?? '', new RegExp(`^"day";r=${left};t=\\d{1,5}$`));
    assert.equal(headers.get('X-RateLimit-Remaining'), String(left));
  }
  const over = await ask(guarded, key.text);
  assert.deepEqual([over.status, over.json.code, over.json.limit], [429, 'quota-exhausted', 3]);
  const wait = Number(over.headers.get('Retry-After'));
  assert.ok(wait > 0 && Math.abs(wait - (86_400 - ((Date.now() / 1000) % 86_400))) < 5);
  assert.match(over.headers.get('RateLimit') ?? '', /^"day";r=0;t=/);
  assert.equal((await models(guarded, key.text)).status, 200);
});

test('each image of a batch counts', async () => {
  const key = await testKey({ quotaPerDay: 10 });
  await store(guarded, key);
  const body = new FormData();
  for (let i = 0; i < 4; i++) body.append('image', new Blob([image]));
  const headers = { Authorization: `Bearer ${key.text}` };
  const batch = () => guarded.request('/v1/classify/batch', { method: 'POST', body, headers });
  const left = [];
  for (let i = 0; i < 2; i++) left.push((await batch()).headers.get('X-RateLimit-Remaining'));
  assert.deepEqual(left, ['6', '2']);
  const { status, json, headers: refused } = await batch();
  assert.deepEqual([status, json.code, json.limit, json.remaining], [429, 'quota-exhausted', 10, 2]);
  assert.match(json.detail, /has 4 images, and 2 are left/);
  assert.equal(refused.get('X-RateLimit-Remaining'), '2');
  assert.equal((await ask(guarded, key.text)).headers.get('X-RateLimit-Remaining'), '1');
});

test('20 batches at the same time get no more images than the quota and its bound', async () => {
  const key = await testKey({ quotaPerDay: 20 });
  await store(guarded, key);
  const headers = { Authorization: `Bearer ${key.text}` };
  const batch = (images: number) => {
    const body = new FormData();
    for (let i = 0; i < images; i++) body.append('image', new Blob([image]));
    return guarded.request('/v1/classify/batch', { method: 'POST', body, headers });
  };
  for (const images of [32, 8]) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => batch(images)));
    const served = answers.filter(({ status }) => status === 200).length * images;
    assert.ok(served <= 20 + 2, `${served} images`);
    assert.ok(answers.every(({ status, json }) => status === 200 || json.code === 'quota-exhausted'));
  }
});

test('a request that runs out of time is charged', async () => {
  const brief = await start({ ANSWER_SECONDS: '1' });
  try {
    const key = await testKey({ quotaPerDay: 100 });
    await store(brief, key);
    const headers = { Authorization: `Bearer ${key.text}` };
    const slow = await flatPng(2500, 2500);
    const asked = () => brief.request('/v1/classify', { method: 'POST', body: slow, headers });
    const answers = await Promise.all(Array.from({ length: 24 }, asked));
    assert.ok(answers.some(({ json }) => json.code === 'out-of-time'));
    const charged = answers.filter(({ status, json }) => status < 500 || json.code === 'out-of-time').length;
    const { headers: after } = await ask(brief, key.text);
    assert.equal(after.get('X-RateLimit-Remaining'), String(100 - charged - 1));
  } finally {
    await brief.close();
  }
});

test('a body of 30 MB with an invalid key is rejected, and the connection stays open', async () => {
  const body = new Uint8Array(30 * 1024 * 1024);
  const headers = { Authorization: `Bearer ${createKeyText('secret')}` };
  assert.equal((await guarded.request('/v1/classify', { method: 'POST', body, headers })).status, 401);
  assert.equal((await guarded.request('/healthz')).status, 200);
});

test('no logged line contains a key', async () => {
  for (const worker of [guarded, open]) {
    for (const { text } of [secret, publishable, reader]) {
      const { headers } = await ask(worker, text, {}, `?key=${text}`);
      const isLogged = () => worker.requestLines().some(({ id }) => id === headers.get('X-Request-Id'));
      for (let waited = 0; !isLogged() && waited < 5_000; waited += 20) await sleep(20);
      assert.ok(isLogged());
    }
    const log = JSON.stringify([...worker.logs(), ...worker.requestLines()]);
    for (const text of shown) assert.ok(!log.includes(text.slice(4)));
    assert.doesNotMatch(log, /gl[sp]_[0-9A-Za-z]{20}/);
  }
});
