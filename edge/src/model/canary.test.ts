/** The channel `canary` answers a percentage of the callers: in workerd, with two releases that are distinguishable. */
import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectKeys } from '@glimpse/shared/release/names';
import { type TestRelease, testChannels, testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { startWorker } from '@glimpse/test/support/worker/worker';
import { percentileOf } from './canary.ts';

const FORGOTTEN_MS = 1_100;
const worker = await startWorker({ REVALIDATE_SECONDS: '0', MAX_BACKOFF_SECONDS: '1' });
after(() => worker.close());
const { bucket, publish, request } = worker;
const body = await png(32, 32);
const [stable, canary, broken] = await Promise.all([1, 2, 3].map((seed) => testRelease({ seed })));
await publish([stable!, canary!, broken!], { stable: stable!.version });

async function point(at: TestRelease, percent: number): Promise<void> {
  const document = JSON.parse(testChannels({ stable: stable!.version, canary: at.version }));
  document.channels.canary.percent = percent;
  await bucket.put(objectKeys.channels('cifar10'), JSON.stringify(document));
}

async function ask(caller: string, query = ''): Promise<{ version: string; channel: string | null }> {
  const headers = { 'X-Client-Id': caller };
  const { status, json } = await request(`/v1/classify${query}`, { method: 'POST', body, headers });
  assert.equal(status, 200, JSON.stringify(json));
  return json.model;
}

const callers = Array.from({ length: 200 }, (_, index) => `phone-${index}`);
/** The callers that the canary answers. Checks that each answer's version and channel match. */
async function onCanary(): Promise<string[]> {
  const chosen: string[] = [];
  for (const caller of callers) {
    const { version, channel } = await ask(caller);
    assert.equal(version, channel === 'canary' ? canary!.version : stable!.version);
    if (channel === 'canary') chosen.push(caller);
  }
  return chosen;
}

test('the share of 10,000 callers is within one point of each percentage, for each model', async () => {
  for (const model of ['cifar10', 'other']) {
    const places = await Promise.all(Array.from({ length: 10_000 }, (_, index) => percentileOf(model, `key ${index}`)));
    for (const percent of [1, 10, 25, 50, 99]) {
      const share = places.filter((place) => place < percent).length / 100;
      assert.ok(Math.abs(share - percent) <= 1, `${share} % instead of ${percent} %`);
    }
    assert.ok(places.every((place) => place >= 0 && place < 100));
  }
});

test('the same callers get the canary each time; a larger percentage adds callers', async () => {
  await point(canary!, 20);
  const few = await onCanary();
  const expected = await Promise.all(
    callers.map(async (caller) => (await percentileOf('cifar10', `client ${caller}`)) < 20),
  );
  assert.deepEqual(
    few,
    callers.filter((_, index) => expected[index]),
  );
  assert.deepEqual(await onCanary(), few);
  await point(canary!, 60);
  const many = await onCanary();
  assert.ok(many.length > few.length && few.every((caller) => many.includes(caller)));
  assert.deepEqual((await request('/readyz')).json.canary, { version: canary!.version, percent: 60, loaded: true });
});

test('no callers at 0 percent, all at 100', async () => {
  await point(canary!, 0);
  assert.equal((await onCanary()).length, 0);
  await point(canary!, 100);
  assert.equal((await onCanary()).length, callers.length);
});

test('callers that name a channel or a version get it', async () => {
  await point(canary!, 100);
  assert.deepEqual(await ask('phone-1', '?channel=stable').then(({ version }) => version), stable!.version);
  assert.deepEqual(await ask('phone-1', `?version=${stable!.version}`).then(({ channel }) => channel), null);
  await point(canary!, 0);
  assert.equal((await ask('phone-1', '?channel=canary')).version, canary!.version);
});

test('if the canary does not load, its callers get stable, and /readyz and the log say why', async () => {
  const weights = objectKeys.file('cifar10', broken!.version, 'weights.bin');
  await bucket.put(weights, '<!doctype html>');
  await point(broken!, 100);
  const logged = worker.logs().length;
  for (const caller of callers.slice(0, 20)) assert.equal((await ask(caller)).channel, 'stable');
  const { json } = await request('/readyz');
  assert.deepEqual([json.ready, json.lastGood, json.canary.loaded], [true, false, false]);
  assert.match(json.canary.reason, /looks like an HTML page/);
  assert.ok(
    worker
      .logs()
      .slice(logged)
      .some(({ what, error }) => what.includes(broken!.version) && /HTML/.test(error)),
  );

  await bucket.put(weights, broken!.objects.get(weights)!);
  await sleep(FORGOTTEN_MS);
  assert.equal((await ask('phone-1')).version, broken!.version);
  assert.equal((await request('/readyz')).json.canary.loaded, true);
});

test('a new stable release is loaded while a canary is in use', async () => {
  await point(canary!, 50);
  await onCanary();
  const next = await testRelease({ seed: 9 });
  await publish([next], { stable: next.version, canary: canary!.version });
  assert.equal((await ask('phone-1')).version, next.version);
  assert.equal((await request('/readyz')).json.lastGood, false);
});
