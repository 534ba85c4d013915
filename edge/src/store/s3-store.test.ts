import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import test, { after, beforeEach } from 'node:test';
import type { StoreError } from '@glimpse/shared/store/store-error';
import { startBrokenServers } from '@glimpse/test/support/broken-servers';
import { storeContract } from '@glimpse/test/support/store.contract';
import { refuse, startS3 } from '@glimpse/test/support/worker/s3-server';
import { type S3Settings, S3Store } from './s3-store.ts';

const [s3, broken] = [await startS3('bucket'), await startBrokenServers()];
after(() => {
  s3.close();
  broken.close();
});
beforeEach(() => {
  s3.disturb = undefined;
});

const settings: S3Settings = {
  endpoint: s3.endpoint,
  bucket: 'bucket',
  prefix: '',
  region: 'auto',
  accessKeyId: 'key',
  secretAccessKey: 'the-secret-that-nobody-may-see',
};
const store = new S3Store(settings, { deadlineMs: 500 });

test('an object larger than allowed is rejected, with and without a declared length', async () => {
  s3.objects.set('large', '123456');
  await assert.rejects(store.get('large', { maxBytes: 5 }), { code: 'object-too-large' });
  s3.disturb = (_, response) => {
    flood(response);
    return true;
  };
  await assert.rejects(store.get('endless', { maxBytes: 1_000_000 }), { code: 'object-too-large' });
});

storeContract({
  name: 'S3 by aws4fetch, on a stand-in',
  store: () => store,
  silent: () => new S3Store({ ...settings, endpoint: broken.silent }, { deadlineMs: 100 }),
  failing: () => new S3Store({ ...settings, endpoint: broken.failing }, { deadlineMs: 500 }),
});

test('a prefix is a folder of its own', async () => {
  const inside = new S3Store({ ...settings, prefix: 'p/' }, { deadlineMs: 500 });
  await inside.put('models/d/x', new Uint8Array(1), 'any');
  assert.ok(s3.objects.has('p/models/d/x'));
  assert.deepEqual((await inside.list('models/', { delimiter: '/' })).folders, ['models/d/']);
});

test('the account bucket is named by its own variable', async () => {
  const account = { ...settings, bucket: 'none', bucketVariable: 'PRIVATE_S3_BUCKET' };
  const put = new S3Store(account, { deadlineMs: 500 }).put('a', new Uint8Array(1), 'any');
  await assert.rejects(put, { code: 'store-refused', message: /PRIVATE_S3_BUCKET/ });
});

const failures: [string, (response: ServerResponse) => unknown, string, RegExp][] = [
  [
    'refuses the key',
    (response) => refuse(response, 403, 'SignatureDoesNotMatch'),
    'store-refused',
    /bucket bucket \(403 SignatureDoesNotMatch\).*S3_SECRET_ACCESS_KEY/,
  ],
  ['has no such bucket', (response) => refuse(response, 404, 'NoSuchBucket'), 'store-refused', /S3_BUCKET/],
  [
    'redirects',
    (response) => response.writeHead(301, { Location: `${s3.endpoint}/bucket/elsewhere` }).end(),
    'store-refused',
    /redirects \(301\).*S3_ENDPOINT/,
  ],
  [
    'is a web server',
    (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html>'),
    'store-refused',
    /is not an S3 server.*S3_ENDPOINT/,
  ],
  [
    'is a web server without the page',
    (response) => response.writeHead(404).end('<html>'),
    'store-refused',
    /not an S3 server/,
  ],
  [
    'answers 304 to an unconditional read',
    (response) => response.writeHead(304).end(),
    'store-unreachable',
    /answered 304/,
  ],
  ['is unavailable', (response) => refuse(response, 503, 'SlowDown'), 'store-unreachable', /answered 503 SlowDown/],
  [
    'breaks the connection',
    (response) => response.destroy(),
    'store-unreachable',
    /No connection to the S3 server 127\.0\.0\.1/,
  ],
  [
    'breaks the connection midway',
    (response) => response.writeHead(200, { 'Content-Length': 100 }).write('x', () => response.destroy()),
    'store-unreachable',
    /S3 server 127/,
  ],
  ['stops responding', () => {}, 'store-unreachable', /did not answer in full within 0\.5 s/],
  [
    'stops responding midway',
    (response) => response.writeHead(200, { 'Content-Length': 100 }).write('x'),
    'store-unreachable',
    /did not answer in full within 0\.5 s/,
  ],
];
for (const [name, disturb, code, says] of failures) {
  test(`a server that ${name}`, async () => {
    s3.objects.set('elsewhere', 'what a redirect must not reach');
    s3.disturb = (_, response) => {
      disturb(response);
      return true;
    };
    const error = await store.get('models/a/channels.json', { maxBytes: 1000 }).then(
      () => assert.fail('it answered'),
      (thrown: StoreError) => thrown,
    );
    assert.equal(error.code, code);
    assert.match(error.message, says);
    assert.ok(!/the-secret|Signature=|X-Amz-/i.test(error.message));
  });
}

function flood(response: ServerResponse): void {
  response.writeHead(200);
  const more = () => {
    while (response.writable && response.write(Buffer.alloc(65_536)));
  };
  response.on('drain', more);
  more();
}
