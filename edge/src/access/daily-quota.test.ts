import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { DailyQuota, lotOf, type Settle } from './daily-quota.ts';

const NOON = Date.UTC(2026, 10, 25, 12);

/** The Durable Object, in memory. */
function counter() {
  const counts = new Map<string, number>();
  const calls: number[] = [];
  const settle: Settle = async (key, day, requests) => {
    calls.push(requests);
    await Promise.resolve();
    const after = (counts.get(`${key} ${day}`) ?? 0) + requests;
    counts.set(`${key} ${day}`, after);
    return after;
  };
  return { settle, counts, calls };
}

function isolate(settle: Settle, options: { now?: () => number; settleMs?: number } = {}) {
  const errors: unknown[] = [];
  const pending: Promise<unknown>[] = [];
  const keeper = { waitUntil: (promise: Promise<unknown>) => void pending.push(promise) };
  const quota = new DailyQuota({
    settle,
    report: (_, error) => errors.push(error),
    now: () => NOON,
    settleMs: 0,
    ...options,
  });
  return {
    errors,
    take: (limit: number, requests = 1) => quota.take('key', limit, requests, keeper),
    takeBack: (requests: number) => quota.takeBack('key', requests, keeper),
    settled: async () => {
      while (pending.length > 0) await pending.shift();
    },
  };
}

test('one isolate grants exactly the quota, and reports what remains', async () => {
  const { settle, counts } = counter();
  const one = isolate(settle);
  const states = [];
  for (let i = 0; i < 12; i++) states.push(await one.take(10));
  assert.deepEqual(
    states.map(({ granted }) => granted),
    [...Array(10).fill(true), false, false],
  );
  assert.deepEqual(
    states.map(({ remaining }) => remaining),
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0],
  );
  assert.equal(states[0]!.reset, 12 * 3600);
  await one.settled();
  assert.equal(counts.get('key 2026-11-25'), 10);
});

test('in any order, isolates together exceed the quota by at most two lots each', async (t) => {
  // The worst case: only full lots are settled, as late as possible.
  t.mock.timers.enable({ apis: ['setTimeout'] });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 3_000 }),
      fc.integer({ min: 1, max: 5 }),
      fc.infiniteStream(fc.nat()),
      async (limit, isolates, turns) => {
        const { settle } = counter();
        const all = Array.from({ length: isolates }, () => isolate(settle));
        let granted = 0;
        let refusedInARow = 0;
        for (const turn of turns) {
          const one = all[turn % isolates]!;
          const burst = await Promise.all(Array.from({ length: 1 + (turn % 7) }, () => one.take(limit)));
          const through = burst.filter((state) => state.granted).length;
          granted += through;
          refusedInARow = through === 0 ? refusedInARow + 1 : 0;
          if (refusedInARow > 20) break;
        }
        assert.ok(granted >= limit - isolates * 2 * lotOf(limit), `${granted} of ${limit}`);
        assert.ok(granted <= limit + isolates * 2 * lotOf(limit), `${granted} of ${limit}`);
      },
    ),
    { numRuns: 50 },
  );
});

test('a new isolate asks first, and grants nothing if the quota is used up', async () => {
  const { settle } = counter();
  const first = isolate(settle);
  for (let i = 0; i < 5; i++) await first.take(5);
  await first.settled();
  const second = isolate(settle);
  assert.deepEqual(await second.take(5), { granted: false, quota: 5, remaining: 0, reset: 43_200 });
});

test('with a large quota, requests are settled in lots of a hundred', async () => {
  const { settle, calls } = counter();
  const one = isolate(settle, { settleMs: 100 });
  for (let i = 0; i < 1_000; i++) await one.take(1_000_000);
  assert.ok(calls.length <= 12, `${calls.length} settlements`);
  assert.ok(Math.max(...calls) <= 2 * lotOf(1_000_000));
  await one.settled();
  assert.equal(
    calls.reduce((sum, requests) => sum + requests, 0),
    1_000,
  );
});

test('an incomplete lot is settled after a while', async () => {
  const { settle, counts } = counter();
  const one = isolate(settle, { settleMs: 20 });
  await one.take(1_000);
  await one.take(1_000);
  assert.equal(counts.get('key 2026-11-25'), 0);
  await one.settled();
  assert.equal(counts.get('key 2026-11-25'), 2);
});

test('requests that were not served are taken back', async () => {
  const { settle, counts } = counter();
  const one = isolate(settle);
  assert.equal((await one.take(2)).granted, true);
  one.takeBack(1);
  await one.settled();
  assert.equal(counts.get('key 2026-11-25'), 0);
  assert.equal((await one.take(2)).remaining, 1);
});

test('each image in a request counts, and a request with more than are left counts nothing', async () => {
  const one = isolate(counter().settle);
  assert.equal((await one.take(40, 32)).remaining, 8);
  assert.deepEqual(await one.take(40, 32), { granted: false, quota: 40, remaining: 8, reset: 43_200 });
  assert.equal((await one.take(40, 8)).remaining, 0);
  assert.equal((await one.take(40)).granted, false);
});

test('batches at the same time, in several isolates, never exceed the bound', async () => {
  for (const [quota, images] of [
    [20, 31],
    [100, 32],
    [100, 3],
    [1_000, 32],
    [5_000, 200],
  ] as const) {
    const { settle, counts } = counter();
    const all = Array.from({ length: 3 }, () => isolate(settle));
    const states = await Promise.all(Array.from({ length: 200 }, (_, index) => all[index % 3]!.take(quota, images)));
    const granted = states.filter((state) => state.granted).length * images;
    assert.ok(granted <= quota + all.length * 2 * lotOf(quota), `${granted} of ${quota}`);
    if (images <= quota) assert.ok(granted > quota - images, `${granted} of ${quota}`);
    for (const one of all) await one.settled();
    assert.equal(counts.get('key 2026-11-25'), granted);
  }
});

test('the count restarts at midnight UTC', async () => {
  const { settle } = counter();
  let now = Date.UTC(2026, 10, 25, 23, 59, 59, 500);
  const one = isolate(settle, { now: () => now });
  await one.take(1);
  assert.deepEqual(await one.take(1), { granted: false, quota: 1, remaining: 0, reset: 1 });
  now += 1_000;
  assert.equal((await one.take(1)).granted, true);
});

test('if the Durable Object fails, each isolate counts for itself, and requests do not wait for it repeatedly', async () => {
  let asked = 0;
  const one = isolate(async () => {
    asked++;
    throw new Error('no object');
  });
  const states = [];
  for (let i = 0; i < 6; i++) states.push((await one.take(5)).granted);
  assert.deepEqual(states, [true, true, true, true, true, false]);
  await one.settled();
  assert.ok(one.errors.length === asked && asked >= 1 && asked <= 12);
});

test('a settlement that never ends delays one request by at most two seconds, and the next ones not at all', async () => {
  const one = isolate(() => new Promise(() => {}));
  const begun = Date.now();
  assert.equal((await one.take(100)).granted, true);
  assert.ok(Date.now() - begun < 3_000);
  const again = Date.now();
  assert.equal((await one.take(100)).granted, true);
  assert.ok(Date.now() - again < 500);
});
