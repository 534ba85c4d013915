import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { startWorker } from '@glimpse/test/support/worker/worker';

const release = await testRelease();
const worker = await startWorker();
await worker.publish([release], { stable: release.version });
after(() => worker.close());
const { request, classify } = worker;

/** The log line of the request with these answer headers. Lines arrive shortly after answers. */
async function lineOf(headers: Headers, from = worker) {
  for (let waited = 0; waited < 5_000; waited += 20) {
    const line = from.requestLines().find(({ id }) => id === headers.get('X-Request-Id'));
    if (line) return line;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('The request has no log line.');
}

test('a classification logs its release, size and times; the first one is cold', async () => {
  const image = await png(40, 30);
  const [first, second] = [await classify(image), await classify(image)];
  const line = await lineOf(first.headers);
  assert.equal((await lineOf(second.headers)).network, 'warm');
  const { decodeMs, inferMs, totalMs, colo, address, ...rest } = line;
  assert.deepEqual(rest, {
    level: 'info',
    what: 'request',
    id: first.json.id,
    method: 'POST',
    route: '/v1/classify',
    status: 200,
    bytes: image.length,
    model: 'cifar10',
    version: release.version,
    channel: 'stable',
    network: 'cold',
  });
  assert.ok(decodeMs >= 0 && inferMs >= 0 && totalMs >= decodeMs + inferMs, JSON.stringify(line));
});

test('a refusal logs its code and the size of the body', async () => {
  const { headers } = await classify('<!doctype html>');
  const { status, code, bytes, version } = await lineOf(headers);
  assert.deepEqual(
    { status, code, bytes, version },
    { status: 415, code: 'image-unsupported', bytes: 15, version: release.version },
  );
  const nowhere = await lineOf((await request('/nowhere?key=secret', { method: 'DELETE' })).headers);
  assert.deepEqual([nowhere.route, nowhere.status, nowhere.code], [null, 404, 'route-unknown']);
  const wrong = await lineOf((await request('/v1/classify')).headers);
  assert.deepEqual([wrong.method, wrong.status, wrong.code], ['GET', 405, 'method-not-allowed']);
});

test('the line has the pattern of the route, and no path, query, key or whole address', async () => {
  const { headers } = await request('/v1/models/nobody?top=secret-query', {
    headers: { Authorization: 'Bearer secret-key', 'CF-Connecting-IP': '203.0.113.77', 'X-Client-Id': 'secret-id' },
  });
  const line = await lineOf(headers);
  assert.equal(line.route, '/v1/models/:name');
  assert.equal(line.address, '203.0.113.0/24');
  assert.doesNotMatch(JSON.stringify(worker.requestLines()), /secret|nobody|113\.77/);
});

test("a caller's trace continues in the answer and in the line", async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const { headers } = await request('/healthz', { headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } });
  const [, carried, span] = /^00-(\w{32})-(\w{16})-01$/.exec(headers.get('traceparent') ?? '') ?? [];
  assert.equal(carried, trace);
  assert.notEqual(span, '00f067aa0ba902b7');
  const line = await lineOf(headers);
  assert.deepEqual([line.trace, line.span], [trace, span]);
});

test('a missing or invalid trace is omitted', async () => {
  for (const headers of [{}, { traceparent: '00-0-0-00' }] as Record<string, string>[]) {
    const answer = await request('/healthz', { headers });
    assert.equal(answer.headers.get('traceparent'), null);
    assert.equal((await lineOf(answer.headers)).trace, undefined);
  }
});

test('errors of a classification have Server-Timing too', async () => {
  assert.match((await classify('no image')).headers.get('Server-Timing') ?? '', /^total;dur=[\d.]+$/);
});

test('LOG_REQUESTS=off omits the lines', async () => {
  const silent = await startWorker({ LOG_REQUESTS: 'off' });
  try {
    assert.match((await silent.request('/healthz')).headers.get('X-Request-Id') ?? '', /^[0-9a-f-]{36}$/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(silent.requestLines(), []);
  } finally {
    await silent.close();
  }
});
