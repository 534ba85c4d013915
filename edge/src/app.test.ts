import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { startWorker } from '@glimpse/test/support/worker/worker';
import { createApp } from './app.ts';

const worker = await startWorker({ REVALIDATE_SECONDS: '0' });
after(() => worker.close());
const { request, classify } = worker;

test('with an empty store it is alive, not ready, and says to publish', async () => {
  assert.deepEqual((await request('/healthz')).json, { alive: true });
  for (const answer of [await request('/readyz'), await classify(await png(8, 8))]) {
    assert.equal(answer.status, 503);
    assert.equal(answer.json.code, 'model-unavailable');
    assert.match(answer.json.detail, /publish/);
    assert.equal(answer.headers.get('Retry-After'), '1');
  }
  assert.deepEqual((await request('/v1/models')).json, { models: [], default: 'cifar10' });
});

test('with a release it is ready, and lists and shows the model', async () => {
  const release = await testRelease();
  const other = await testRelease({ model: 'other' });
  await worker.publish([release], { stable: release.version });
  await worker.publish([other], { canary: other.version });
  // A version without a channel is not a model.
  await worker.bucket.put('models/unborn/20261125T0312Z-00000000/release.json', '{}');
  await new Promise((resolve) => setTimeout(resolve, 1_100));

  const { tensors, tensorBytes, ...ready } = (await request('/readyz')).json;
  assert.ok(tensors > 0 && tensorBytes > 1000 * tensors);
  assert.deepEqual(ready, {
    ready: true,
    model: { name: 'cifar10', version: release.version, channel: 'stable' },
    backend: 'wasm',
    lastGood: false,
    heldBytes: 0,
    keys: 'REQUIRE_KEYS is off: anyone may classify, from any page.',
    signatures:
      'TRUSTED_KEYS is empty, so signatures are not verified: anyone who can write to the store can change the model.',
  });
  assert.deepEqual((await request('/v1/models')).json, {
    models: [
      { name: 'cifar10', channels: { stable: { version: release.version } } },
      { name: 'other', channels: { canary: { version: other.version } } },
    ],
    default: 'cifar10',
  });
  const shown = (await request('/v1/models/cifar10')).json;
  assert.deepEqual(shown, {
    name: 'cifar10',
    channels: { stable: { version: release.version } },
    release: JSON.parse(JSON.stringify(release.manifest)),
  });
  assert.equal((await request('/v1/models/other')).json.release, null);
  for (const name of ['none', 'constructor', 'UPPER', '..%2fother', 'unborn']) {
    const { status, json } = await request(`/v1/models/${name}`);
    assert.deepEqual({ status, code: json.code }, { status: 404, code: 'model-unknown' }, name);
  }
});

test('an unknown route is a 404 problem, a wrong method a 405 problem with Allow', async () => {
  const nowhere = await request('/v3/classify', { method: 'POST', body: 'x' });
  assert.equal(nowhere.status, 404);
  assert.equal(nowhere.json.code, 'route-unknown');
  assert.equal(nowhere.headers.get('Content-Type'), 'application/problem+json');
  for (const [method, path, allow] of [
    ['GET', '/v1/classify', 'POST'],
    ['PUT', '/v1/classify', 'POST'],
    ['HEAD', '/v1/classify', 'POST'],
    ['POST', '/v1/models', 'GET, HEAD'],
    ['DELETE', '/v1/models/cifar10', 'GET, HEAD'],
    ['PATCH', '/healthz', 'GET, HEAD'],
  ] as const) {
    const answer = await request(path, { method });
    assert.equal(answer.status, 405, `${method} ${path}`);
    assert.equal(answer.headers.get('Allow'), allow);
    if (method !== 'HEAD') assert.equal(answer.json.code, 'method-not-allowed');
  }
});

test('a slash at the end of a path is named', async () => {
  for (const [method, path] of [
    ['POST', '/v1/classify/'],
    ['POST', '/v1/classify/batch//'],
    ['GET', '/v1/models/cifar10/'],
    ['POST', '/v2/models/cifar10/infer/'],
  ] as const) {
    const { status, json } = await request(path, { method });
    assert.equal(status, 404, path);
    const detail: string = json.detail ?? json.error;
    assert.ok(detail.endsWith(`Remove the slash at the end: ${path.replace(/\/+$/, '')}`), detail);
  }
  assert.match((await request('/v3/')).json.detail, /^Nothing exists at \/v3\/\.$/);
});

test('HEAD answers like GET without the body', async () => {
  for (const path of ['/healthz', '/readyz', '/v1/models', '/v1/models/none']) {
    const [head, get] = [await request(path, { method: 'HEAD' }), await request(path)];
    assert.equal(head.status, get.status);
    assert.equal(head.headers.get('Content-Type'), get.headers.get('Content-Type'));
    assert.equal(head.json, undefined);
  }
});

test('every answer, including errors, can be read by any page, has a request id, and is not cached', async () => {
  const ids = new Set<string>();
  const answers = [
    await request('/healthz', { headers: { 'X-Request-Id': 'mine' } }),
    await request('/nowhere'),
    await request('/v1/classify'),
    await classify('not an image'),
    await classify(await png(8, 8)),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 404, 405, 415, 200],
  );
  for (const { headers } of answers) {
    assert.equal(headers.get('Access-Control-Allow-Origin'), '*');
    assert.match(headers.get('Access-Control-Expose-Headers') ?? '', /X-Request-Id.*Server-Timing.*Retry-After/);
    assert.equal(headers.get('X-Content-Type-Options'), 'nosniff');
    assert.equal(headers.get('Referrer-Policy'), 'no-referrer');
    assert.equal(headers.get('Cache-Control'), 'no-store');
    const id = headers.get('X-Request-Id') ?? '';
    assert.match(id, /^[0-9a-f-]{36}$/);
    ids.add(id);
  }
  assert.equal(ids.size, answers.length);
});

test('answers CORS preflights', async () => {
  const { status, headers } = await request('/v1/classify', {
    method: 'OPTIONS',
    headers: { Origin: 'https://example.org', 'Access-Control-Request-Method': 'POST' },
  });
  assert.equal(status, 204);
  assert.equal(headers.get('Access-Control-Allow-Origin'), '*');
  assert.match(headers.get('Access-Control-Allow-Methods') ?? '', /POST/);
});

test('OPTIONS without an origin lists the methods, and is 404 for an unknown route', async () => {
  for (const [path, allow] of [
    ['/v1/classify', 'POST'],
    ['/v1/models', 'GET, HEAD'],
    ['/v1/feedback/x', 'DELETE'],
    ['/healthz', 'GET, HEAD'],
    ['/v2/models/cifar10/infer', 'POST'],
  ] as const) {
    const { status, headers, json } = await request(path, { method: 'OPTIONS' });
    assert.deepEqual([status, headers.get('Allow'), json], [204, allow, undefined], path);
    assert.equal(headers.get('Content-Type'), null);
    assert.equal(headers.get('Access-Control-Allow-Origin'), '*');
  }
  assert.equal((await request('/v1/nothing', { method: 'OPTIONS' })).status, 404);
});

test('an internal error is 500, logged with the request id and the route, without the input', async (t) => {
  const lines: string[] = [];
  t.mock.method(console, 'error', (line: string) => lines.push(line));
  const faulty = createApp(() => {
    throw new TypeError('a fault');
  });
  const answer = await faulty.request(
    '/v1/feedback/the-signed-id?and=more',
    { method: 'DELETE' },
    { LOG_REQUESTS: 'off' },
  );
  const problem = (await answer.json()) as { code: string; detail: string };
  assert.deepEqual([answer.status, problem.code], [500, 'internal-error']);
  assert.doesNotMatch(problem.detail, /a fault/);
  const [line, ...others] = lines.map((text) => JSON.parse(text));
  assert.deepEqual(others, []);
  const { level, what, id, route, error } = line;
  assert.deepEqual(
    { level, what, id, route, error },
    {
      level: 'error',
      what: 'request',
      id: answer.headers.get('X-Request-Id'),
      route: '/v1/feedback/:id',
      error: 'a fault',
    },
  );
  assert.doesNotMatch(lines[0]!, /the-signed-id|and=more/);
});

test('a large body on a route without a body does not lose the answer', async () => {
  const body = new Uint8Array(30 * 1024 * 1024);
  assert.equal((await request('/nowhere', { method: 'POST', body })).status, 404);
  assert.equal((await request('/v1/models', { method: 'POST', body })).status, 405);
  assert.equal((await request('/healthz')).status, 200);
});

test('with an invalid variable it is alive, and all other routes name the variable', async () => {
  const misled = await startWorker({ MAX_WAITING: 'many', S3_ENDPOINT: 'http://s3.example.org' });
  try {
    assert.equal((await misled.request('/healthz')).status, 200);
    for (const answer of [await misled.request('/readyz'), await misled.classify('x')]) {
      assert.deepEqual([answer.status, answer.json.code], [503, 'model-unavailable']);
      assert.match(answer.json.detail, /MAX_WAITING/);
    }
    assert.equal(misled.logs().at(-1).name, 'ConfigurationError');
  } finally {
    await misled.close();
  }
});
