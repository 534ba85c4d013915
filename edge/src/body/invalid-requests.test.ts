/** Invalid requests, in workerd. Each is answered, and leaves no trace in the Worker. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { exchange, open, type RawAnswer } from '@glimpse/test/support/worker/raw-request';
import { startWorker } from '@glimpse/test/support/worker/worker';

const MiB = 1024 * 1024;
const BODY_SECONDS = 3;
const release = await testRelease();
const worker = await startWorker({ BODY_SECONDS: String(BODY_SECONDS) });
await worker.publish([release], { stable: release.version });
after(() => worker.close());
assert.equal((await worker.request('/readyz')).status, 200);

const small = await png(16, 16);
const path = '/v1/classify';
const json = 'application/json';
const bytes = (text: string) => new TextEncoder().encode(text);

function code({ status, body }: RawAnswer): [number, string] {
  return [status, JSON.parse(body).code];
}

for (const route of [path, '/v1/classify/batch']) {
  const head = bytes('--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n');
  const parts = [head, small, ...Array.from({ length: 60 }, () => new Uint8Array(MiB)), bytes('\r\n--x--\r\n')];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const type = { 'Content-Type': 'multipart/form-data; boundary=x' };
  for (const [name, request] of Object.entries({
    'with its length': { headers: { ...type, 'Content-Length': String(length) }, parts },
    'with a length of a thousand': { headers: { ...type, 'Content-Length': '1000' }, chunked: true, parts },
    'without a length': { headers: type, chunked: true, parts },
  })) {
    test(`a form of 60 MB ${name} is refused by ${route}, and its bytes return to the budget`, async () => {
      assert.deepEqual(code(await exchange(worker.url, { path: route, ...request })), [413, 'body-too-large']);
      const almost = [small, ...Array.from({ length: 24 }, () => new Uint8Array(MiB))];
      assert.equal((await exchange(worker.url, { path, chunked: true, parts: almost })).status, 200);
    });
  }
}

for (const route of ['/models/cifar10', '/v2/models/cifar10/infer']) {
  const parts = Array.from({ length: 60 }, () => new Uint8Array(MiB));
  for (const [name, request] of Object.entries({
    'with its length': { headers: { 'Content-Length': String(60 * MiB) }, parts },
    'without a length': { chunked: true, parts },
  })) {
    test(`60 MB ${name} are refused by ${route}, in the error shape of its clients`, async () => {
      const { status, body } = await exchange(worker.url, { path: route, ...request });
      assert.deepEqual([status, Object.keys(JSON.parse(body))], [413, ['error']]);
    });
  }
}

/** Sends one byte of a body per second until the connection closes. */
async function drip(route: string, seconds: number) {
  const headers = { 'Content-Length': '1000' };
  const client = open(worker.url, { path: route, headers, drip: { everyMs: 1000, times: seconds } });
  const began = performance.now();
  const answer = await client.answer;
  return { answer, seconds: (performance.now() - began) / 1000 };
}

test('a body of one byte per second is 408 at its deadline', { timeout: 60_000 }, async () => {
  const running = Promise.all([drip(path, 30), drip('/v1/classify/batch', 30)]);
  const compat = Promise.all([drip('/models/cifar10', 30), drip('/v2/models/cifar10/infer', 30)]);
  // Others are not held up.
  await sleep(500);
  assert.equal((await worker.classify(small)).status, 200);
  for (const { answer, seconds } of await running) {
    assert.deepEqual(code(answer), [408, 'body-too-slow']);
    assert.equal(JSON.parse(answer.body).limit, BODY_SECONDS);
    assert.ok(seconds >= BODY_SECONDS - 0.5 && seconds < BODY_SECONDS + 8, `${seconds} s`);
  }
  for (const { answer } of await compat) {
    assert.deepEqual([answer.status, Object.keys(JSON.parse(answer.body))], [408, ['error']]);
  }
});

test('a body that stops is 408 at the same deadline', async () => {
  const answer = await exchange(worker.url, { path, headers: { 'Content-Length': '1000' }, parts: [small] });
  assert.deepEqual(code(answer), [408, 'body-too-slow']);
});

test('deep, wide, huge or unusual JSON is malformed, and does no other harm', async () => {
  const deep = 200_000;
  for (const [name, body] of Object.entries({
    'deep lists': '['.repeat(deep) + ']'.repeat(deep),
    'deep objects': `${'{"image":'.repeat(deep)}1${'}'.repeat(deep)}`,
    'deep and open': '['.repeat(deep),
    wide: `{${Array.from({ length: 200_000 }, (_, index) => `"k${index}":0`).join(',')}}`,
    'a prototype': '{"__proto__": {"image": "AAAA"}}',
    'a number': '1e999999',
    'both unpaired': '{"image": "\\ud800"}',
    NUL: '{"image": "\\u0000"}',
    'NUL outside of text': '{"image": "AAAA"}\0',
  })) {
    const { status, json: problem } = await worker.classify(body, { type: json });
    assert.deepEqual([status, problem.code], [400, 'body-malformed'], name);
  }
  const huge = await worker.classify(`{"image": "${'A'.repeat(20 * MiB)}"}`, { type: json });
  assert.deepEqual([huge.status, huge.json.code], [415, 'image-unsupported']);
  const spaces = await worker.classify(`{"image": "AAAA"${' '.repeat(20 * MiB)}}`, { type: json });
  assert.deepEqual([spaces.status, spaces.json.code], [415, 'image-unsupported']);
});

test('the last of two members with the same name counts', async () => {
  const image = Buffer.from(small).toString('base64');
  assert.equal((await worker.classify(`{"image": "AAAA", "image": "${image}"}`, { type: json })).status, 200);
});

test('NUL, Unicode and broken escapes in parameters are 400, in paths 404', async () => {
  for (const value of ['%00', 'cifar10%00', '%F0%9F%98%80', '%ED%A0%80', '%zz', '%', '%C3%28', '＊', 'ﬀ', '..%2f..']) {
    for (const name of ['model', 'channel', 'version', 'top_k']) {
      const { status, body } = await exchange(worker.url, {
        path: `${path}?${name}=${Buffer.from(value).toString('latin1')}`,
        headers: { 'Content-Length': String(small.length) },
        parts: [small],
      });
      assert.deepEqual([status, JSON.parse(body).code], [400, 'parameter-invalid'], `${name}=${value}`);
    }
    const { status } = await exchange(worker.url, {
      method: 'GET',
      path: `/v1/models/${Buffer.from(value).toString('latin1')}`,
    });
    assert.equal(status, 404, value);
    for (const route of [
      (name: string) => `/models/${name}`,
      (name: string) => `/v2/models/${name}/infer`,
      (name: string) => `/v2/models/cifar10/versions/${name}/infer`,
    ]) {
      const foreign = await exchange(worker.url, {
        path: route(Buffer.from(value).toString('latin1')),
        headers: { 'Content-Length': String(small.length) },
        parts: [small],
      });
      assert.ok([400, 404].includes(foreign.status), `${route(value)}: ${foreign.status}`);
      assert.deepEqual(Object.keys(JSON.parse(foreign.body)), ['error']);
    }
  }
});

test('repeated parameters, fields and headers', async () => {
  for (const query of ['?top_k=1&top_k=1', '?model=cifar10&model=other', '?channel=stable&channel=stable']) {
    const { status, json: problem } = await worker.classify(small, { query });
    assert.deepEqual([status, problem.code], [400, 'parameter-invalid'], query);
  }
  const form = new FormData();
  for (const name of ['a.png', 'b.png']) form.append('image', new Blob([small]), name);
  const twice = await worker.request(path, { method: 'POST', body: form });
  assert.deepEqual([twice.status, twice.json.code], [400, 'body-malformed']);
  assert.match(twice.json.detail, /batch/);
  // Of headers the sum counts: this type is none that is known, so the body is the image.
  const types = { 'Content-Type': `image/png\r\nContent-Type: ${json}`, 'Content-Length': String(small.length) };
  assert.equal((await exchange(worker.url, { path, headers: types, parts: [small] })).status, 200);
});

test('10,000 bytes of headers do no harm', async () => {
  const headers = {
    'Content-Length': String(small.length),
    'X-Client-Id': 'x'.repeat(5_000),
    Authorization: `Bearer ${'y'.repeat(5_000)}`,
  };
  assert.equal((await exchange(worker.url, { path, headers, parts: [small] })).status, 200);
});

test('a request for HTML gets JSON', async () => {
  const headers = { Accept: 'text/html' };
  const answer = await worker.request(path, { method: 'POST', body: small, headers });
  assert.deepEqual([answer.status, answer.headers.get('Content-Type')], [200, 'application/json']);
  const problem = await worker.request('/v1/nothing', { headers });
  assert.deepEqual([problem.status, problem.headers.get('Content-Type')], [404, 'application/problem+json']);
});

test('none of these requests caused an error in the Worker', () => {
  assert.deepEqual(
    worker.logs().filter(({ level }) => level === 'error'),
    [],
  );
});
