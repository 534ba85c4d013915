/** Against a local server that fails on request. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, beforeEach } from 'node:test';
import { inspect } from 'node:util';
import { Connection, type ConnectionOptions } from './connection.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const KEY = 'glp_do-not-tell';
let handlers: Handler[] = [];
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  seen.push({ method: request.method!, url: request.url!, headers: request.headers, body });
  (handlers.length > 1 ? handlers.shift()! : handlers[0]!)(request, response);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => server.close());
const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
beforeEach(() => {
  seen = [];
});

const connect = (options: Partial<ConnectionOptions> = {}) => new Connection({ endpoint, key: KEY, ...options });
const ok: Handler = (_, response) => response.end('{"good":true}');
const problem =
  (status: number, code: string, headers = {}): Handler =>
  (_, response) => {
    response.writeHead(status, { 'X-Request-Id': 'req-1', ...headers }).end(JSON.stringify({ code, detail: 'Wait.' }));
  };

test('key and client id are sent as headers, the query unchanged, and the body with every attempt', async () => {
  handlers = [problem(503, 'busy', { 'Retry-After': '0' }), problem(429, 'rate-limited', { 'Retry-After': '0' }), ok];
  const answer = await connect({ clientId: 'phone' }).call({
    method: 'POST',
    path: '/v1/classify?top_k=3',
    body: 'abc',
  });
  assert.deepEqual(answer, { good: true });
  assert.deepEqual(
    seen.map(({ body }) => body),
    ['abc', 'abc', 'abc'],
  );
  const { method, url, headers } = seen[0]!;
  assert.deepEqual([method, url], ['POST', '/v1/classify?top_k=3']);
  assert.deepEqual([headers.authorization, headers['x-client-id']], [`Bearer ${KEY}`, 'phone']);
});

test('after the last attempt, the error of the response is thrown', async () => {
  handlers = [problem(503, 'model-unavailable', { 'Retry-After': '0' })];
  await assert.rejects(connect({ retries: 1 }).call({ method: 'GET', path: '/' }), {
    name: 'UnavailableError',
    code: 'model-unavailable',
    requestId: 'req-1',
    retryAfter: 0,
  });
  assert.equal(seen.length, 2);
});

test('an invalid request is not retried', async () => {
  handlers = [problem(415, 'image-unsupported')];
  await assert.rejects(connect().call({ method: 'POST', path: '/', body: '' }), { name: 'UnsupportedImageError' });
  assert.equal(seen.length, 1);
});

test('Retry-After is respected', async () => {
  handlers = [problem(429, 'rate-limited', { 'Retry-After': '1' }), ok];
  const started = performance.now();
  await connect().call({ method: 'GET', path: '/' });
  assert.ok(performance.now() - started >= 990);
});

test('a broken connection is retried; an unreachable endpoint is reported', async () => {
  handlers = [(request) => request.socket.destroy(), ok];
  assert.deepEqual(await connect().call({ method: 'GET', path: '/' }), { good: true });
  const unreachable = connect({ endpoint: 'http://127.0.0.1:9', retries: 0 });
  await assert.rejects(unreachable.call({ method: 'GET', path: '/' }), {
    name: 'ConnectionError',
    code: 'unreachable',
  });
});

test('an abort ends the call, even between attempts, with its own reason, and sends nothing more', async () => {
  handlers = [problem(503, 'busy', { 'Retry-After': '5' })];
  const early = AbortSignal.abort(new Error('never mind'));
  await assert.rejects(connect().call({ method: 'GET', path: '/', signal: early }), /never mind/);
  assert.equal(seen.length, 0);
  const controller = new AbortController();
  const call = connect().call({ method: 'GET', path: '/', signal: controller.signal });
  setTimeout(() => controller.abort(new Error('changed my mind')), 300);
  const started = performance.now();
  await assert.rejects(call, /changed my mind/);
  assert.ok(performance.now() - started < 3000);
  assert.equal(seen.length, 1);
});

test('a call ends after its timeout', async () => {
  handlers = [() => {}];
  await assert.rejects(connect({ timeout: 200 }).call({ method: 'GET', path: '/' }), { name: 'TimeoutError' });
  handlers = [problem(503, 'busy', { 'Retry-After': '15' })];
  await assert.rejects(connect({ timeout: 5000 }).call({ method: 'GET', path: '/' }), { code: 'busy', retryAfter: 15 });
});

test('an answer that is not JSON is an error', async () => {
  handlers = [(_, response) => response.end('<html>')];
  await assert.rejects(connect().call({ method: 'GET', path: '/' }), { name: 'AnswerError', code: 'answer-invalid' });
  handlers = [(_, response) => response.writeHead(204).end()];
  assert.equal(await connect().call({ method: 'DELETE', path: '/' }), undefined);
});

test('no error contains the key', async () => {
  handlers = [problem(401, 'key-unknown')];
  for (const options of [{}, { endpoint: 'http://127.0.0.1:9', retries: 0 }, { timeout: 1 }]) {
    const error = await connect(options)
      .call({ method: 'GET', path: '/' })
      .then(
        () => assert.fail('the call succeeded'),
        (thrown: unknown) => thrown,
      );
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(KEY));
  }
  assert.throws(
    () => connect({ key: `${KEY}\n` }),
    (error: Error) => /line break/.test(error.message) && !error.message.includes(KEY),
  );
});

for (const bad of [
  '',
  'glimpse.example.com',
  'ftp://example.com',
  'https://',
  'https://user:pw@example.com',
  'https://a.b/?x',
]) {
  test(`"${bad}" is not an endpoint`, () =>
    assert.throws(() => connect({ endpoint: bad }), { code: 'endpoint-invalid' }));
}

test('trailing slashes are ignored, and the endpoint may have a path', async () => {
  handlers = [ok];
  await connect({ endpoint: new URL(`${endpoint}/glimpse/`) }).call({ method: 'GET', path: '/v1/models' });
  // A call that an earlier test gave up may arrive late.
  assert.equal(seen.at(-1)!.url, '/glimpse/v1/models');
});

for (const options of [{ retries: -1 }, { retries: 1.5 }, { retries: 99 }, { timeout: 0 }, { timeout: Number.NaN }]) {
  test(`${JSON.stringify(options)} is refused`, () =>
    assert.throws(() => connect(options), { code: 'option-invalid' }));
}
