/** Multipart uploads to a real S3 server: conditional writes hold for them as for single-part objects. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { after } from 'node:test';
import { putOnce } from '@glimpse/training/store/conditional-writes';
import { parseS3Url, S3Store } from '@glimpse/training/store/s3-store';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';

const MiB = 1024 * 1024;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const bytesOf = (seed: number) => Uint8Array.from({ length: 20 * MiB }, (_, i) => (i * seed + (i >> 13)) & 0xff);

if (await s3Available()) {
  const s3 = await startS3();
  const proxy = await startFaultyProxy(s3.endpoint);
  Object.assign(process.env, s3.env, { AWS_ENDPOINT_URL_S3: proxy.endpoint });
  const store = new S3Store(parseS3Url(`s3://${BUCKET}/parts`));
  after(async () => {
    await store.close();
    await proxy.close();
    await s3.stop();
  });
  const [first, second] = [bytesOf(7), bytesOf(11)];
  const stored = async (key: string) => {
    const object = await store.get(key);
    return object && sha256(object.bytes);
  };
  const putsDuring = async (work: () => Promise<unknown>) => {
    const from = proxy.seen.length;
    await work();
    return proxy.seen.slice(from).filter(({ method }) => method === 'PUT').length;
  };

  test('20 MiB are uploaded in three parts and read back unchanged', async () => {
    assert.equal(await putsDuring(async () => assert.equal(await store.put('models/a/w', first, 'absent'), true)), 3);
    assert.equal(await stored('models/a/w'), sha256(first));
  });

  test("no request carries the SDK's checksum, which R2 and others refuse", () => {
    const names = new Set(proxy.seen.flatMap(({ headers }) => Object.keys(headers)));
    assert.ok(names.has('x-amz-content-sha256'));
    assert.deepEqual(
      [...names].filter((name) => /checksum|x-amz-trailer/.test(name)),
      [],
    );
  });

  test('an existing object is neither sent again nor changed', async () => {
    assert.equal(await putsDuring(async () => assert.equal(await store.put('models/a/w', second, 'absent'), false)), 0);
    assert.equal(await stored('models/a/w'), sha256(first));
    assert.equal(await putOnce(store, 'models/a/w', first), false);
    await assert.rejects(putOnce(store, 'models/a/w', second), { code: 'publish-conflict' });
  });

  test("of two concurrent writers one wins, and the object is the winner's", async () => {
    const outcomes = await Promise.all([first, second].map((bytes) => store.put('models/a/raced', bytes, 'absent')));
    assert.deepEqual(outcomes.toSorted(), [false, true]);
    assert.equal(await stored('models/a/raced'), sha256([first, second][outcomes.indexOf(true)]!));
  });

  test('an etag holds until the next write', async () => {
    const { etag } = (await store.get('models/a/w'))!;
    assert.equal(await store.put('models/a/w', second, { etag }), true);
    assert.equal(await store.put('models/a/w', first, { etag }), false);
    assert.equal(await stored('models/a/w'), sha256(second));
  });

  test('a failed part is retried', async () => {
    proxy.fault = { on: /failing\?.*partNumber=2/, times: 2, status: [500, 'InternalError'] };
    assert.equal(await putsDuring(() => store.put('models/a/failing', first, 'absent')), 5);
    assert.equal(await stored('models/a/failing'), sha256(first));
  });

  test('an incomplete upload leaves no object and is aborted', async () => {
    proxy.fault = { on: /partial\?.*partNumber=3/, status: [403, 'AccessDenied'] };
    await assert.rejects(store.put('models/a/partial', first, 'absent'), { code: 'store-refused' });
    assert.equal(await stored('models/a/partial'), undefined);
    const aborts = proxy.seen.filter(({ method, path }) => method === 'DELETE' && path.endsWith('partial'));
    assert.equal(aborts.length, 1);
  });

  test('a completion whose response is lost is not a failure', async () => {
    proxy.fault = { on: /^POST .*lost\?uploadId/, times: 1, losesAnswer: true };
    assert.equal(await putOnce(store, 'models/a/lost', first), false);
    assert.equal(await stored('models/a/lost'), sha256(first));
  });
} else {
  test('multipart uploads to a real S3 server', { skip: S3_MISSING }, () => {});
}
