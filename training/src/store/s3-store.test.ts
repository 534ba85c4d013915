/** The S3 driver against servers that fail: silent, slow, in conflict, or not S3 at all. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, type TestContext } from 'node:test';
import { commitMove } from '../publish/move.ts';
import { parseS3Url, S3Store } from './s3-store.ts';

const before = { ...process.env };
after(() => {
  process.env = before;
});

/** @param deadlineMs as short as a test can be without depending on the machine's speed */
async function storeAt(t: TestContext, listener: RequestListener, deadlineMs = 5_000) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' });
  const retries: string[] = [];
  const store = new S3Store({ bucket: 'bucket', prefix: '' }, { deadlineMs, onRetry: (text) => retries.push(text) });
  t.after(async () => {
    await store.close();
    server.closeAllConnections();
    server.close();
  });
  return { store, retries };
}

const bytes = Uint8Array.of(1, 2, 3);

test('a store that goes silent is an error after bounded attempts, each of which is reported', async (t) => {
  let requests = 0;
  const { store, retries } = await storeAt(t, () => requests++, 100);
  await assert.rejects(store.put('key', bytes, 'absent'), {
    code: 'store-unreachable',
    message: /did not answer in time.*check the network/i,
  });
  assert.equal(requests, 4);
  assert.ok(retries.includes('Trying the store again (attempt 4 of 4).'), retries.join('\n'));
});

test('a body that trickles in for ever is cut off, and read again', async (t) => {
  let requests = 0;
  const { store, retries } = await storeAt(
    t,
    (_, response) => {
      requests++;
      response.writeHead(200, { etag: '"1"', 'content-length': requests > 1 ? '3' : '1000000' });
      if (requests > 1) response.end(bytes);
      else {
        const timer = setInterval(() => response.write('1'), 20);
        response.on('close', () => clearInterval(timer));
      }
    },
    200,
  );
  assert.deepEqual((await store.get('key'))?.bytes, bytes);
  assert.equal(requests, 2);
  assert.match(retries.join('\n'), /key broke off/);
});

test('409 is retried: it says that another write is in progress, and nothing about the condition', async (t) => {
  let requests = 0;
  const { store } = await storeAt(t, (request, response) => {
    request.resume().on('end', () => {
      if (++requests <= 2) response.writeHead(409).end('<Error><Code>ConditionalRequestConflict</Code></Error>');
      else response.writeHead(200, { etag: '"1"' }).end();
    });
  });
  assert.equal(await store.put('key', bytes, { etag: '"0"' }), true);
  assert.equal(requests, 3);
});

test('409 for ever is an error, and not taken for a condition that does not hold', async (t) => {
  const { store } = await storeAt(t, (request, response) => {
    request.resume().on('end', () => response.writeHead(409).end());
  });
  await Promise.all(
    (['absent', { etag: '"0"' }] as const).map((condition) =>
      assert.rejects(store.put('key', bytes, condition), { code: 'store-unreachable', message: /HTTP 409/ }),
    ),
  );
});

test('a move that the store rejects without a reason is not reported as a deletion', async () => {
  let puts = 0;
  const store = {
    description: 'a store',
    get: async () => undefined,
    put: async () => ++puts > 2,
  };
  const move = {
    channel: 'stable',
    to: '20261125T0312Z-ab12cd34',
    actor: 'a',
    reason: 'r',
    time: '2026-11-25T03:12:00Z',
  };
  await commitMove(store as never, 'model', {}, move);
  assert.equal(puts, 3);
});

for (const [status, body, code, message] of [
  [301, '', 'store-refused', /HTTP 301\. .*redirects.*AWS_ENDPOINT_URL_S3/],
  [400, '', 'store-refused', /HTTP 400\. .*check AWS_ENDPOINT_URL_S3/],
  [401, 'no', 'store-refused', /HTTP 401\. Access was denied: check AWS_ACCESS_KEY_ID/],
  [403, '', 'store-refused', /HTTP 403\. Access was denied: check AWS_ACCESS_KEY_ID/],
  [403, '<html>no</html>', 'store-refused', /HTTP 403\. Access was denied: check AWS_ACCESS_KEY_ID/],
  [403, '<Error><Code>AccessDenied</Code></Error>', 'store-refused', /AccessDenied.*lacks a permission/],
  [404, '', 'store-refused', /HTTP 404\. .*the bucket does not exist/],
  [413, '<html>no</html>', 'store-refused', /HTTP 413\. .*limits of the proxy/],
  [429, 'slow', 'store-unreachable', /HTTP 429\. .*try again later/],
  [502, 'Bad gateway', 'store-unreachable', /HTTP 502\. .*try again later/],
  [503, '<html>no</html>', 'store-unreachable', /HTTP 503\. .*try again later/],
  [200, 'It works!', 'store-refused', /not an S3 server/],
] as const) {
  test(`${status} with the body "${body}" is ${code} with the status and a remedy`, async (t) => {
    const { store } = await storeAt(t, (request, response) => {
      request.resume().on('end', () => response.writeHead(status).end(body));
    });
    await assert.rejects(store.list('key'), { code, message });
  });
}

test('a prefix with an empty part, "." or ".." is refused', () => {
  for (const prefix of ['/a', 'a//b', 'a//', '/', '../a', 'a/./b']) {
    assert.throws(() => parseS3Url(`s3://bucket/${prefix}`), { code: 'store-failed', message: /empty part/ }, prefix);
  }
  assert.deepEqual(parseS3Url('s3://bucket/a/b/'), { bucket: 'bucket', prefix: 'a/b' });
  assert.deepEqual(parseS3Url('s3://bucket/a..b'), { bucket: 'bucket', prefix: 'a..b' });
  assert.deepEqual(parseS3Url('s3://bucket/'), { bucket: 'bucket', prefix: '' });
});
