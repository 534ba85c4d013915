import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test, { after, describe } from 'node:test';
import { testRelease } from '@glimpse/test/support/release';
import { startWorkerOnS3 } from '@glimpse/test/support/worker/s3-worker';
import { startWorker, type TestWorker } from '@glimpse/test/support/worker/worker';

const release = await testRelease();
const withdrawn = await testRelease({ seed: 2 });
const foreign = await testRelease({ seed: 3, model: 'other' });
const base = `/v1/models/cifar10/releases/${release.version}`;
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');
const stored = new Map([...release.objects].map(([key, bytes]) => [key.split('/').at(-1)!, bytes]));
const weights = stored.get('weights.bin')!;

const onR2 = async () => {
  const worker = await startWorker();
  await worker.publish([release, withdrawn], { stable: release.version });
  await worker.publish([foreign], { stable: foreign.version });
  return worker;
};

const onS3 = async () => {
  const { s3, worker } = await startWorkerOnS3();
  for (const [key, bytes] of [...release.objects, ...withdrawn.objects, ...foreign.objects]) s3.objects.set(key, bytes);
  const channels = (version: string) => JSON.stringify({ channels: { stable: { version } }, history: [] });
  s3.objects.set('models/cifar10/channels.json', channels(release.version));
  s3.objects.set('models/other/channels.json', channels(foreign.version));
  return worker;
};

for (const [store, start] of [
  ['R2', onR2],
  ['S3', onS3],
] as const) {
  describe(`files of a release on ${store}`, async () => {
    const worker: TestWorker = await start();
    after(() => worker.close());
    const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') => {
      // Like the network's edge, the local server compresses JSON for clients that accept it.
      const asked = { 'Accept-Encoding': 'identity', ...headers };
      const response = await fetch(new URL(path, worker.url), { method, headers: asked });
      const bytes = new Uint8Array(await response.arrayBuffer());
      return { status: response.status, headers: response.headers, bytes };
    };

    test('every file that the manifest lists is served whole, with its hash as ETag, and immutable', async () => {
      const names = ['release.json', ...release.manifest.files.map(({ path }) => path)];
      assert.ok(names.length >= 3);
      for (const name of names) {
        const { status, headers, bytes } = await get(`${base}/files/${name}`);
        assert.equal(status, 200, name);
        assert.equal(sha256(bytes), sha256(stored.get(name)!), name);
        assert.equal(headers.get('ETag'), `"${sha256(bytes)}"`);
        assert.match(headers.get('Cache-Control') ?? '', /^public, max-age=31536000, immutable/);
        assert.equal(headers.get('Access-Control-Allow-Origin'), '*');
        assert.equal(headers.get('Content-Length'), String(bytes.length));
        assert.equal(
          headers.get('Content-Type'),
          name.endsWith('.json') ? 'application/json' : 'application/octet-stream',
        );
      }
    });

    test('the release is its release.json, byte for byte', async () => {
      const { status, headers, bytes } = await get(base);
      assert.deepEqual([status, headers.get('Content-Type')], [200, 'application/json']);
      assert.equal(sha256(bytes), sha256(stored.get('release.json')!));
    });

    test('If-None-Match with the same ETag gives 304', async () => {
      for (const path of [
        base,
        `${base}/files/release.json`,
        `${base}/files/model.json`,
        `${base}/files/weights.bin`,
      ]) {
        const etag = (await get(path)).headers.get('ETag')!;
        for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
          const { status, headers, bytes } = await get(path, { 'If-None-Match': known });
          assert.deepEqual([status, bytes.length, headers.get('ETag')], [304, 0, etag], `${path} ${known}`);
        }
        assert.equal((await get(path, { 'If-None-Match': '"x"' })).status, 200);
      }
    });

    test('HEAD has the length and the ETag, and no body', async () => {
      const { status, headers, bytes } = await get(`${base}/files/weights.bin`, {}, 'HEAD');
      assert.deepEqual([status, bytes.length, headers.get('Accept-Ranges')], [200, 0, 'bytes']);
      assert.equal(headers.get('Content-Length'), String(weights.length));
      assert.equal(headers.get('ETag'), `"${sha256(weights)}"`);
    });

    test('ranges have the bytes that they name', async () => {
      const path = `${base}/files/weights.bin`;
      const { length } = weights;
      for (const [range, from, to] of [
        ['bytes=0-0', 0, 1],
        ['bytes=10-1033', 10, 1034],
        [`bytes=${length - 5}-`, length - 5, length],
        ['bytes=-7', length - 7, length],
        [`bytes=5-${length * 2}`, 5, length],
      ] as const) {
        const { status, headers, bytes } = await get(path, { Range: range });
        assert.equal(status, 206, range);
        assert.equal(headers.get('Content-Range'), `bytes ${from}-${to - 1}/${length}`);
        assert.equal(headers.get('Content-Length'), String(to - from));
        assert.equal(headers.get('Content-Type'), 'application/octet-stream');
        assert.equal(sha256(bytes), sha256(weights.slice(from, to)), range);
      }
      const beyond = await get(path, { Range: `bytes=${length}-` });
      assert.deepEqual([beyond.status, beyond.headers.get('Content-Range')], [416, `bytes */${length}`]);
      assert.equal(JSON.parse(new TextDecoder().decode(beyond.bytes)).code, 'range-unsatisfiable');
    });

    test('an unsupported range gives the whole file', async () => {
      const path = `${base}/files/weights.bin`;
      const headers: Record<string, string>[] = [
        { Range: 'bytes=0-1,5-6' },
        { Range: 'lines=0-1' },
        { Range: 'bytes=0-1', 'If-Range': '"another content"' },
      ];
      for (const header of headers) {
        const { status, bytes } = await get(path, header);
        assert.deepEqual([status, bytes.length], [200, weights.length], JSON.stringify(header));
      }
      const part = await get(path, { Range: 'bytes=0-1', 'If-Range': `"${sha256(weights)}"` });
      assert.equal(part.status, 206);
    });

    test('other objects of the store, other versions and other models are not served', async () => {
      const names = [
        'channels.json',
        '..%2fchannels.json',
        '%2e%2e%2fchannels.json',
        'model.json%00',
        'nothing',
        '%F0%9F%98%80',
      ];
      for (const name of names) {
        const { status, bytes } = await get(`${base}/files/${name}`);
        assert.equal(status, 404, name);
        assert.equal(JSON.parse(new TextDecoder().decode(bytes)).code, 'file-unknown', name);
      }
      for (const [path, code] of [
        [`/v1/models/cifar10/releases/${withdrawn.version}`, 'version-unknown'],
        [`/v1/models/cifar10/releases/${withdrawn.version}/files/weights.bin`, 'version-unknown'],
        [`/v1/models/cifar10/releases/${withdrawn.version}/files/release.json`, 'version-unknown'],
        [`/v1/models/other/releases/${release.version}/files/weights.bin`, 'version-unknown'],
        ['/v1/models/cifar10/releases/latest', 'version-unknown'],
        [`/v1/models/none/releases/${release.version}`, 'model-unknown'],
        [`/v1/models/UPPER/releases/${release.version}`, 'model-unknown'],
      ] as const) {
        const { status, bytes } = await get(path);
        assert.deepEqual([status, JSON.parse(new TextDecoder().decode(bytes)).code], [404, code], path);
      }
    });
  });
}

test('a file that does not match the manifest is not sent, and the problem says why', async () => {
  const worker = await onR2();
  try {
    const key = [...release.objects.keys()].find((name) => name.endsWith('weights.bin'))!;
    await worker.bucket.put(key, weights.slice(1));
    const cut = await worker.request(`${base}/files/weights.bin`);
    assert.deepEqual([cut.status, cut.json.code], [503, 'model-unavailable']);
    await worker.bucket.delete(key);
    const gone = await worker.request(`${base}/files/weights.bin`);
    assert.deepEqual([gone.status, gone.json.code], [503, 'model-unavailable']);
    assert.match(gone.json.detail, /publish the release again/);
    assert.equal((await worker.request(base)).status, 200);
  } finally {
    await worker.close();
  }
});
