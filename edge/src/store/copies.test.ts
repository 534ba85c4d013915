/** Isolates that start while the store fails use the copies in workerd's Cache API. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectKeys } from '@glimpse/shared/release/names';
import { testChannels, testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { refuse } from '@glimpse/test/support/worker/s3-server';
import { startWorkerOnS3 } from '@glimpse/test/support/worker/s3-worker';

const FORGOTTEN_MS = 1_100;
const { s3, worker } = await startWorkerOnS3({
  REVALIDATE_SECONDS: '0',
  MAX_BACKOFF_SECONDS: '1',
});
after(() => worker.close());
const { classify, request, restart } = worker;
const image = await png(32, 32);
const release = await testRelease();
const weights = objectKeys.file('cifar10', release.version, 'weights.bin');
for (const [key, bytes] of release.objects) s3.objects.set(key, bytes);
s3.objects.set(objectKeys.channels('cifar10'), testChannels({ stable: release.version }));

for (const status of [500, 403, 429]) {
  test(`a store that answers ${status} from the start: the copy is served, and the store again once it works`, async () => {
    s3.disturb = undefined;
    await restart();
    assert.equal((await classify(image)).json.model?.version, release.version);
    await sleep(200);

    s3.disturb = (_, response) => {
      refuse(response, status, 'SlowDown');
      return true;
    };
    await restart();
    const before = s3.requests.length;
    for (let i = 0; i < 10; i++) assert.equal((await classify(image)).json.model?.version, release.version);
    // Of the isolate before, none knows the release: the store was asked, and could not help.
    assert.ok(s3.requests.length > before);
    const ready = (await request('/readyz')).json;
    assert.deepEqual([ready.ready, ready.lastGood], [true, true]);
    assert.match(ready.lastGoodReason, /A copy answers/);
    const none = await classify(image, { query: '?model=without-copy' });
    assert.deepEqual([none.status, none.json.code, none.headers.get('Retry-After')], [503, 'model-unavailable', '1']);

    s3.disturb = undefined;
    await sleep(FORGOTTEN_MS);
    assert.equal((await request('/readyz')).json.lastGood, false);
  });
}

test('a corrupt release in the store is not masked by a copy', async () => {
  s3.objects.set(weights, '<!doctype html>');
  await restart();
  const { status, json } = await classify(image);
  assert.deepEqual([status, json.code], [503, 'model-unavailable']);
  assert.match(json.detail, /HTML page/);
  s3.objects.set(weights, release.objects.get(weights)!);
  await sleep(FORGOTTEN_MS);
  assert.equal((await classify(image)).status, 200);
});
