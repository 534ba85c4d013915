/** With one wrong setting, /readyz and the log name it, and neither shows a secret. Against a real S3 server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after } from 'node:test';
import { s3Variables } from '../releases/stage.ts';
import { type Fault, signAnew, startFaultyProxy } from '../support/faulty-proxy.ts';
import { S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { startWorker } from '../support/worker/worker.ts';

const HOUR_MS = 3_600_000;
const WRONG_SECRET = 'a-secret-that-nobody-may-see';

if (await s3Available()) {
  const s3 = await startS3();
  const proxy = await startFaultyProxy(s3.endpoint);
  after(async () => {
    await proxy.close();
    await s3.stop();
  });

  /** @returns the reason that a Worker with these settings gives for not being ready */
  const reason = async (change: Record<string, string>): Promise<string> => {
    const worker = await startWorker({ ...s3Variables(s3), ...change });
    try {
      const { status, json } = await worker.request('/readyz');
      assert.deepEqual([status, json.code], [503, 'model-unavailable']);
      const logged = worker.logs().filter(({ level }) => level === 'error');
      const inLog = logged.some(({ error }) => error === json.detail);
      assert.ok(inLog || /has no release/.test(json.detail), JSON.stringify({ json, logged }));
      const everything = JSON.stringify([json, worker.logs()]);
      for (const secret of [WRONG_SECRET, s3.secretAccessKey, 'Signature=', 'X-Amz-']) {
        assert.ok(!everything.includes(secret));
      }
      return json.detail;
    } finally {
      await worker.close();
    }
  };

  const throughProxy = async (fault: Fault): Promise<string> => {
    proxy.fault = fault;
    return reason({ S3_ENDPOINT: proxy.endpoint });
  };

  test('with correct settings, only the release is missing', async () => {
    assert.match(await reason({}), /has no release of the default model cifar10\. Publish one/);
  });

  test('a wrong secret', async () => {
    assert.match(
      await reason({ S3_SECRET_ACCESS_KEY: WRONG_SECRET }),
      /SignatureDoesNotMatch.*check S3_SECRET_ACCESS_KEY/,
    );
  });

  test('a wrong access key', async () => {
    assert.match(await reason({ S3_ACCESS_KEY_ID: 'nobody' }), /InvalidAccessKeyId.*check S3_ACCESS_KEY_ID\.$/);
  });

  test('a wrong bucket', async () => {
    assert.match(await reason({ S3_BUCKET: 'no-such-bucket' }), /no-such-bucket \(404 NoSuchBucket\).*check S3_BUCKET/);
  });

  test("a wrong region, given AWS's response: SeaweedFS accepts any", async () => {
    assert.match(await throughProxy({ status: [400, 'AuthorizationHeaderMalformed'] }), /check S3_REGION/);
  });

  test('a clock that is off by two hours', async () => {
    // Signed with the right key at the wrong time, as the Worker would with such a clock; the response is the real server's.
    for (const clockMs of [-2 * HOUR_MS, 2 * HOUR_MS]) {
      const says = await throughProxy({ sign: signAnew(s3, clockMs) });
      assert.match(says, /RequestTimeTooSkewed.*set the clock/);
      assert.doesNotMatch(says, /S3_/);
    }
    assert.match(await throughProxy({ sign: signAnew(s3) }), /has no release/);
  });

  test('an endpoint that does not answer, or is not an S3 server', async () => {
    // The local runtime answers 500 if the endpoint does not answer.
    assert.match(
      await reason({ S3_ENDPOINT: 'http://127.0.0.1:9' }),
      /(No connection|answered 500) .*check S3_ENDPOINT/,
    );
    const page = (status: number) => (response: ServerResponse) =>
      response.writeHead(status, { 'Content-Type': 'text/html' }).end('<!doctype html>');
    for (const status of [200, 404]) {
      const [endpoint, close] = await answering(page(status));
      assert.match(await reason({ S3_ENDPOINT: endpoint }), /is not an S3 server.*check S3_ENDPOINT/);
      close();
    }
  });
} else {
  test('a Worker with wrong settings for a real S3 server', { skip: S3_MISSING }, () => {});
}

/** A web server that gives every request the same response. */
async function answering(answer: (response: ServerResponse) => void): Promise<[string, () => void]> {
  const server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return [
    `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    () => {
      server.closeAllConnections();
      server.close();
    },
  ];
}
