/** Unknown model names, against the Worker in workerd: how often they reach the store. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectKeys } from '@glimpse/shared/release/names';
import { testChannels, testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { startWorkerOnS3 } from '@glimpse/test/support/worker/s3-worker';
import { LOOKUPS_PER_SECOND } from './model-name-limiter.ts';

const { s3, worker } = await startWorkerOnS3();
after(() => worker.close());
const { classify, request } = worker;
const image = await png(32, 32);
for (const model of ['cifar10', 'other']) {
  const release = await testRelease({ model });
  for (const [key, bytes] of release.objects) s3.objects.set(key, bytes);
  s3.objects.set(objectKeys.channels(model), testChannels({ stable: release.version }));
}

test('a repeated unknown name reaches the store once', async () => {
  const before = s3.requests.length;
  for (let i = 0; i < 50; i++) assert.equal((await request('/v1/models/nobody')).json.code, 'model-unknown');
  assert.equal(s3.requests.length - before, 1);
});

test('a repeated list reads the store once, page by page', async () => {
  await request('/v1/models');
  const before = s3.requests.length;
  for (let i = 0; i < 50; i++) assert.equal((await request('/v1/models')).json.models.length, 2);
  assert.equal(s3.requests.length - before, 0);
});

test('2,000 unknown names cause a few reads per second, and an existing model is still found', async (t) => {
  await sleep(1_000);
  const before = s3.requests.length;
  const began = Date.now();
  for (let from = 0; from < 2_000; from += 20) {
    const names = Array.from({ length: 20 }, (_, index) => `none-${from + index}`);
    const answers = await Promise.all(names.map((name) => request(`/v1/models/${name}`)));
    assert.deepEqual([...new Set(answers.map(({ json }) => json.code))], ['model-unknown']);
  }
  const other = await classify(image, { query: '?model=other' });
  assert.deepEqual([other.status, other.json.model?.name], [200, 'other']);
  const seconds = Math.ceil((Date.now() - began) / 1000) + 1;
  const asked = s3.requests.length - before;
  // The lookups, a list of two pages every five seconds, and the four objects of the other model.
  assert.ok(asked <= seconds * LOOKUPS_PER_SECOND + 2 * Math.ceil(seconds / 5) + 2 + 4, `${asked} in ${seconds} s`);
  t.diagnostic(`2,000 names in ${seconds} s: ${asked} reads of the store`);
  assert.equal((await classify(image)).status, 200);
});
