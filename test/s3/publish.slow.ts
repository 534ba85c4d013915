import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { after, before } from 'node:test';
import { historyFaults } from '@glimpse/shared/release/channels';
import { listAll } from '@glimpse/shared/store/object-store';
import { loadChannels } from '@glimpse/training/publish/move';
import { publish } from '@glimpse/training/publish/publish';
import { assertConditionalWrites } from '@glimpse/training/store/conditional-writes';
import { parseS3Url, S3Store } from '@glimpse/training/store/s3-store';
import { type Fault, signAnew, startFaultyProxy } from '../support/faulty-proxy.ts';
import { testRelease } from '../support/release.ts';
import { BUCKET, S3_MISSING, type S3Server, s3Available, startS3 } from '../support/start-s3.ts';
import { publishBehavior } from '../support/training/publish.contract.ts';

if (await s3Available()) {
  let s3: S3Server;
  let store: S3Store;

  before(async () => {
    s3 = await startS3();
    Object.assign(process.env, s3.env);
    store = new S3Store(parseS3Url(`s3://${BUCKET}/some/prefix`));
  });
  after(async () => {
    await store.close();
    await s3.stop();
  });

  publishBehavior(() => store);

  /** Opens a store with changed settings: it reads the environment when it is opened. */
  const failure = async (settings: Record<string, string>, url = `s3://${BUCKET}`) => {
    Object.assign(process.env, settings);
    const wrong = new S3Store(parseS3Url(url));
    try {
      return await wrong.put('models/a/channels.json', new Uint8Array(1), 'absent').then(
        () => assert.fail('it was written'),
        (error: Error) => error.message,
      );
    } finally {
      await wrong.close();
      Object.assign(process.env, s3.env);
    }
  };

  test('a wrong setting gives an error that names what to change and never shows the secret', async () => {
    assert.match(await failure({ AWS_SECRET_ACCESS_KEY: 'not-the-secret' }), /check AWS_SECRET_ACCESS_KEY/);
    assert.match(await failure({ AWS_ACCESS_KEY_ID: 'nobody' }), /check AWS_ACCESS_KEY_ID/);
    assert.match(await failure({}, 's3://no-such-bucket'), /bucket does not exist: check the s3:\/\/ address/);
    assert.match(
      await failure({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' }),
      /Nothing answers .* AWS_ENDPOINT_URL_S3/,
    );
    assert.match(await failure({ AWS_ENDPOINT_URL_S3: 'not an address' }), /not a URL: check AWS_ENDPOINT_URL_S3/);
    assert.match(
      await failure({ AWS_ENDPOINT_URL_S3: s3.endpoint.replace('http:', 'https:') }),
      /whether AWS_ENDPOINT_URL_S3 starts with http or https/,
    );
    assert.doesNotMatch(await failure({ AWS_SECRET_ACCESS_KEY: 'not-the-secret' }), /not-the-secret/);
  });

  /** A web server that gives every request one answer. */
  const answering = async (status: number, body: string, use: (endpoint: string) => Promise<void>) => {
    const server = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };

  test('a web page at the endpoint is not mistaken for a store', async () => {
    for (const status of [200, 404]) {
      await answering(status, '<!doctype html>', async (endpoint) => {
        assert.match(await failure({ AWS_ENDPOINT_URL_S3: endpoint }), /not an S3 server.*check AWS_ENDPOINT_URL_S3/);
      });
    }
  });

  test("a wrong region is named, given AWS's response", async () => {
    // SeaweedFS accepts any region. This is AWS's response, verbatim.
    const xml =
      '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header ' +
      "is malformed; the region 'us-east-1' is wrong; expecting 'eu-central-1'</Message><Region>eu-central-1</Region></Error>";
    await answering(400, xml, async (endpoint) => {
      assert.match(await failure({ AWS_ENDPOINT_URL_S3: endpoint }), /expecting 'eu-central-1'\. .*check AWS_REGION/);
    });
  });

  test('a clock that is off by two hours does not prevent publishing', async () => {
    const { now } = Date;
    // The server refuses the request and states its own time; the client signs again with that.
    Date.now = () => now() + 2 * 60 * 60 * 1000;
    try {
      await assertConditionalWrites(new S3Store(parseS3Url(`s3://${BUCKET}`)), 'clock');
    } finally {
      Date.now = now;
    }
  });

  test('a clock that stays wrong is the only cause named', async () => {
    const proxy = await startFaultyProxy(s3.endpoint);
    try {
      // Spoils the request that was signed again with the server's time, too.
      proxy.fault = { sign: signAnew(s3, 2 * 60 * 60 * 1000) };
      const says = await failure({ AWS_ENDPOINT_URL_S3: proxy.endpoint });
      assert.match(says, /RequestTimeTooSkewed.*clock is wrong: set it/);
      assert.doesNotMatch(says, /AWS_/);
    } finally {
      await proxy.close();
    }
  });

  test('a server or proxy that drops conditional headers is refused', async () => {
    const proxy = await startFaultyProxy(s3.endpoint);
    const through = async (fault: Fault) => {
      proxy.fault = fault;
      process.env.AWS_ENDPOINT_URL_S3 = proxy.endpoint;
      const store = new S3Store(parseS3Url(`s3://${BUCKET}/dropped`));
      try {
        await assertConditionalWrites(store, 'dropped');
      } finally {
        await store.close();
        Object.assign(process.env, s3.env);
      }
    };
    try {
      for (const drops of [['If-Match'], ['If-None-Match'], ['If-Match', 'If-None-Match']]) {
        // The server does not notice what was dropped, and accepts the write.
        await assert.rejects(through({ drops, sign: signAnew(s3) }), { code: 'store-unconditional' });
        // The conditions are signed: with the original signature, the server notices.
        await assert.rejects(through({ drops }), { code: 'store-refused', message: /SignatureDoesNotMatch/ });
      }
      await assert.rejects(through({ etag: '"same"' }), { code: 'store-unconditional' });
      await through({});
    } finally {
      await proxy.close();
    }
  });

  test('a brief outage at any write is retried, and no move is made twice', async () => {
    const proxy = await startFaultyProxy(s3.endpoint);
    process.env.AWS_ENDPOINT_URL_S3 = proxy.endpoint;
    const through = new S3Store(parseS3Url(`s3://${BUCKET}/moments`));
    const model = 'moments';
    try {
      const moments: Fault[] = [
        { status: [500, 'InternalError'] },
        { status: [503, 'SlowDown'] },
        { status: [429, 'TooManyRequests'] },
        // The write succeeds, but its response is lost.
        { losesAnswer: true },
      ];
      let seed = 0;
      for (const moment of moments) {
        for (const at of ['model.json', 'weights.bin', 'release.json', 'channels.json']) {
          const release = await testRelease({ model, seed: ++seed });
          proxy.fault = { ...moment, on: new RegExp(`^PUT .*/${at.replace('.', '\\.')}`), times: 2 };
          const time = new Date().toISOString();
          const from = proxy.seen.length;
          await publish(release, through, { model, channel: 'stable', actor: 'ann', reason: at, time });
          const tried = proxy.seen
            .slice(from)
            .filter(({ method, path }) => method === 'PUT' && path.endsWith(`/${at}`));
          assert.equal(tried.length, 3, at);
        }
      }
      const { channels } = await loadChannels(through, model);
      assert.equal(channels!.history.length, seed);
      assert.deepEqual([historyFaults(channels!, channels!.history), seed], [[], 16]);
    } finally {
      Object.assign(process.env, s3.env);
      await through.close();
      await proxy.close();
    }
  });

  test('a listing of more than one page is complete', async () => {
    const keys = Array.from({ length: 1100 }, (_, i) => `models/many/${String(i).padStart(4, '0')}`);
    for (let from = 0; from < keys.length; from += 50) {
      await Promise.all(keys.slice(from, from + 50).map((key) => store.put(key, new Uint8Array(1), 'absent')));
    }
    assert.equal((await listAll(store, 'models/many/')).map(({ key }) => key).join(), keys.join());
  });
} else {
  test('publishing to a real S3 server', { skip: S3_MISSING }, () => {});
}
