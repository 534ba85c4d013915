/** The Worker in workerd with releases from an S3 server that is slow, refuses requests or stops answering. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import test, { after, beforeEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectKeys } from '@glimpse/shared/release/names';
import { type TestRelease, testChannels, testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { exchange, open } from '@glimpse/test/support/worker/raw-request';
import { refuse } from '@glimpse/test/support/worker/s3-server';
import { startWorkerOnS3 } from '@glimpse/test/support/worker/s3-worker';

const MiB = 1024 * 1024;
const SECRET = 'the-secret-that-nobody-may-see';
const { s3, worker } = await startWorkerOnS3({
  REVALIDATE_SECONDS: '0',
  MAX_BACKOFF_SECONDS: '1',
  MAX_BODY_BYTES: String(4 * MiB),
  BODY_BUDGET_BYTES: String(5 * MiB),
  S3_PREFIX: '/some/folder/',
  S3_SECRET_ACCESS_KEY: SECRET,
});
after(() => worker.close());
beforeEach(() => {
  s3.disturb = undefined;
  s3.delayMs = 0;
});

const { classify, request } = worker;
const image = await png(32, 32);
const FORGOTTEN_MS = 1_100;

function publish({ objects, manifest: { model }, version }: TestRelease) {
  for (const [key, bytes] of objects) s3.objects.set(`some/folder/${key}`, bytes);
  s3.objects.set(`some/folder/${objectKeys.channels(model)}`, testChannels({ stable: version }));
}

test('if a client disconnects during the first load, the load goes on and the next request is answered', async () => {
  publish(await testRelease());
  s3.delayMs = 700;
  const headers = { 'Content-Length': String(image.length) };
  const client = open(worker.url, { path: '/v1/classify', headers, parts: [image] });
  await client.sent;
  await sleep(400);
  client.leave();
  // Three reads one after the other: channels.json, release.json, the files.
  const began = performance.now();
  assert.equal((await classify(image)).status, 200);
  assert.ok(performance.now() - began < 4_000, 'it did not wait for a load that nobody does');
  assert.equal(s3.requests.filter((line) => line.endsWith('weights.bin')).length, 1, 'the load was not done twice');
});

test('simultaneous requests share one load', async () => {
  publish(await testRelease({ model: 'crowd' }));
  s3.delayMs = 100;
  const answers = await Promise.all(Array.from({ length: 8 }, () => classify(image, { query: '?model=crowd' })));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.equal(s3.requests.filter((line) => /crowd.*weights\.bin/.test(line)).length, 1);
});

test('clients that disconnect during a load release their bodies', async () => {
  publish(await testRelease({ model: 'left' }));
  s3.delayMs = 300;
  const path = '/v1/classify?model=left';
  const large = [image, new Uint8Array(3 * MiB)];
  const headers = { 'Content-Length': String(image.length + 3 * MiB) };
  const loading = classify(image, { query: '?model=left' });
  await sleep(100);
  const client = open(worker.url, { path, headers, parts: large });
  await client.sent;
  await sleep(200);
  client.leave();
  assert.equal((await loading).status, 200);
  await sleep(300);
  // The budget has room for one of these, not two.
  assert.equal((await exchange(worker.url, { path, headers, parts: large })).status, 200);
});

test('channels are reread conditionally', async () => {
  // The other models evicted it.
  assert.equal((await classify(image)).status, 200);
  const statuses: number[] = [];
  s3.disturb = (_, response) => {
    response.once('finish', () => statuses.push(response.statusCode));
    return false;
  };
  assert.equal((await classify(image)).status, 200);
  assert.deepEqual(statuses, [304]);
});

test('lists the models under the prefix, page by page', async () => {
  const { json } = await request('/v1/models');
  assert.deepEqual(
    json.models.map(({ name }: { name: string }) => name),
    ['cifar10', 'crowd', 'left'],
  );
});

test('an unknown model is 404', async () => {
  assert.equal((await classify(image, { query: '?model=none' })).json.code, 'model-unknown');
});

test('if the server refuses: the last good release, or 503 with the reason, and no secrets', async () => {
  s3.disturb = (_, response) => {
    refuse(response, 403, 'SignatureDoesNotMatch');
    return true;
  };
  const says = /bucket bucket .403 SignatureDoesNotMatch.*S3_SECRET_ACCESS_KEY/;
  const fresh = await classify(image, { query: '?model=never-seen' });
  assert.deepEqual([fresh.status, fresh.json.code], [503, 'model-unavailable']);
  assert.match(fresh.json.detail, says);
  assert.equal((await classify(image)).status, 200);
  const ready = (await request('/readyz')).json;
  assert.deepEqual([ready.ready, ready.lastGood], [true, true]);
  assert.match(ready.lastGoodReason, says);
  const everything = JSON.stringify([fresh.json, ready, worker.logs()]);
  assert.ok(!everything.includes(SECRET) && !/Signature=|X-Amz-/i.test(everything));
});

test('a failing store is asked once a second, not for every request', async () => {
  await sleep(FORGOTTEN_MS);
  s3.disturb = (_, response) => {
    refuse(response, 500, 'InternalError');
    return true;
  };
  const before = s3.requests.length;
  const began = performance.now();
  for (let i = 0; i < 20; i++) assert.equal((await classify(image)).status, 200);
  const asked = s3.requests.length - before;
  assert.ok(asked >= 1 && asked <= 1 + (performance.now() - began) / 1000, `${asked} requests`);
});

test('if the server stops answering, requests that do not need it are not delayed', async () => {
  await sleep(FORGOTTEN_MS);
  const silent: ServerResponse[] = [];
  s3.disturb = (_, response) => silent.push(response) > 0;
  const began = performance.now();
  for (let i = 0; i < 10; i++) assert.equal((await classify(image)).status, 200);
  // The first request waits a second, the others do not.
  assert.ok(performance.now() - began < 3_000);
  assert.equal((await request('/readyz')).json.lastGood, true);
  // Otherwise the next test would wait ten seconds, the deadline for reads.
  for (const response of silent) response.destroy();
});

test('recovers when the server does', async () => {
  await sleep(FORGOTTEN_MS);
  assert.equal((await request('/readyz')).json.lastGood, false);
});
