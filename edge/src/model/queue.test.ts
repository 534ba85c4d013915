import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mockClock } from '@glimpse/test/support/mock-clock';
import { WorkQueue } from './queue.ts';

const never = () => new Promise<never>(() => {});

test('one at a time, in order of arrival', async () => {
  const queue = new WorkQueue({ maxWaiting: 10 });
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await sleep(5);
    events.push(`${name} ends`);
  };
  await Promise.all(['a', 'b', 'c'].map((name) => queue.run(work(name))));
  assert.deepEqual(events, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  assert.equal(queue.waiting, 0);
});

test('a full queue refuses, and says when to retry', async () => {
  const queue = new WorkQueue({ maxWaiting: 2 });
  const done: string[] = [];
  const waiting = ['a', 'b', 'c'].map((name) => queue.run(() => done.push(name)));
  await assert.rejects(
    queue.run(() => done.push('d')),
    { code: 'busy', retryAfter: 1 },
  );
  await Promise.all(waiting);
  assert.deepEqual(done, ['a', 'b', 'c']);
});

test('work that fails releases its turn and rejects with its error', async () => {
  const queue = new WorkQueue({ maxWaiting: 1 });
  const failing = queue.run(() => {
    throw new Error('broken');
  });
  const next = queue.run(() => 'fine');
  await assert.rejects(failing, /broken/);
  assert.equal(await next, 'fine');
});

/** For tests with a mocked clock, which does not mock `node:timers/promises`. */
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test('a turn that is never released expires', async (t) => {
  const elapse = mockClock(t);
  const queue = new WorkQueue({ maxWaiting: 2, leaseMs: 60, claimMs: 20 });
  const done: string[] = [];
  queue.run(never);
  queue.run(() => done.push('mine'));
  await elapse(60);
  assert.equal(done.join(), '');
  // It looks again every 20 ms.
  await elapse(22);
  assert.equal(done.join(), 'mine');
  // The same for a request that finds an empty queue.
  queue.run(never);
  await elapse(62);
  queue.run(() => done.push('again'));
  await elapse(2);
  assert.equal(done.join(), 'mine,again');
});

test('a late release does not affect the turn of another request', async (t) => {
  const elapse = mockClock(t);
  const queue = new WorkQueue({ maxWaiting: 3, leaseMs: 400, claimMs: 100 });
  const events: string[] = [];
  const work = (name: string, ms: number) => async () => {
    events.push(`${name} begins`);
    await pause(ms);
    events.push(`${name} ends`);
  };
  queue.run(work('late', 600));
  queue.run(work('second', 350));
  queue.run(work('third', 10));
  await elapse(1_000);
  assert.deepEqual(events, ['late begins', 'second begins', 'late ends', 'second ends', 'third begins', 'third ends']);
});

test('a request that waits too long is refused', async (t) => {
  const elapse = mockClock(t);
  const queue = new WorkQueue({ maxWaiting: 2, patienceMs: 50, leaseMs: 1_000 });
  const errors: { code: string }[] = [];
  queue.run(never);
  queue.run(() => 'never').catch((error) => errors.push(error));
  await elapse(49);
  assert.equal(queue.waiting, 1);
  await elapse(2);
  assert.deepEqual(
    errors.map(({ code }) => code),
    ['busy'],
  );
  assert.equal(queue.waiting, 0);
});

test('an aborted request leaves the queue at once, and the others move up', async (t) => {
  const elapse = mockClock(t);
  const queue = new WorkQueue({ maxWaiting: 3 });
  const done: string[] = [];
  const first = queue.run(() => pause(300)).then(() => done.push('first'));
  const controller = new AbortController();
  const given = queue.run(() => done.push('given up'), controller.signal);
  const next = queue.run(() => done.push('next'));
  await elapse(10);
  const reason = new Error('gone');
  controller.abort(reason);
  await assert.rejects(given, reason);
  assert.deepEqual(done, []);
  assert.equal(queue.waiting, 1);
  await elapse(300);
  await Promise.all([first, next]);
  assert.deepEqual(done.sort(), ['first', 'next']);
});

test('a request that is aborted when its turn begins passes it on without working', async () => {
  const queue = new WorkQueue({ maxWaiting: 3 });
  const controller = new AbortController();
  const first = queue.run(() => controller.abort(new Error('gone')));
  const given = queue.run(() => 'worked', controller.signal);
  const next = queue.run(() => 'mine');
  await assert.rejects(given, /gone/);
  assert.deepEqual([await first, await next], [undefined, 'mine']);
  await assert.rejects(
    queue.run(() => 'worked', AbortSignal.abort(new Error('long gone'))),
    /long gone/,
  );
  assert.equal(await queue.run(() => 'free'), 'free');
});

test('brief turns run without a pause, but every few turns let new requests in', async () => {
  const queue = new WorkQueue({ maxWaiting: 20 });
  const events: string[] = [];
  const run = (name: string, brief: boolean) => queue.run(() => void events.push(name), undefined, brief);
  setTimeout(() => events.push('arrived'), 0);
  await Promise.all([...Array.from({ length: 12 }, (_, index) => run(`brief ${index}`, true))]);
  const at = events.indexOf('arrived');
  assert.ok(at > 0 && at < 12, `${at}`);
  // Other turns pause each time.
  events.length = 0;
  setTimeout(() => events.push('arrived'), 0);
  await run('long', false);
  assert.deepEqual(events, ['arrived', 'long']);
});
