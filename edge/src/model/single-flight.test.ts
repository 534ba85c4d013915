import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mockClock } from '@glimpse/test/support/mock-clock';
import { SingleFlight } from './single-flight.ts';

const kept: Promise<unknown>[] = [];
const keeper = { waitUntil: (promise: Promise<unknown>) => void kept.push(promise) };
const onFailure = () => {};

test('many callers share one run', async () => {
  const task = new SingleFlight<number>({ onFailure });
  let runs = 0;
  const work = async () => {
    await sleep(5);
    return ++runs;
  };
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => task.run(work, keeper))), [1, 1, 1]);
  assert.equal(await task.run(work, keeper), 2);
});

test('the work is kept alive beyond the request that started it', async () => {
  kept.length = 0;
  const task = new SingleFlight<string>({ onFailure });
  let done = false;
  task.run(async () => {
    await sleep(5);
    done = true;
    return '';
  }, keeper);
  await Promise.all(kept);
  assert.equal(done, true);
});

test('work that never settles, because its request was ended, is started again by a waiting request', async (t) => {
  const elapse = mockClock(t);
  const task = new SingleFlight<string>({ onFailure, patienceMs: 30 });
  let runs = 0;
  const later = () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), 20));
  const work = () => (runs++ === 0 ? new Promise<never>(() => {}) : later());
  task.run(work, keeper);
  const waiting = Promise.all([task.run(work, keeper), task.run(work, keeper)]);
  await elapse(100);
  assert.deepEqual(await waiting, ['done', 'done']);
  assert.equal(runs, 2);
});

test('a failure rejects all callers, is reported once, is cached for a while, and is then retried', async (t) => {
  const elapse = mockClock(t);
  const reported: unknown[] = [];
  const task = new SingleFlight<string>({ onFailure: (error) => reported.push(error), rememberMs: () => 30 });
  let runs = 0;
  const failing = async () => {
    runs++;
    throw new Error('broken');
  };
  for (const asked of [task.run(failing, keeper), task.run(failing, keeper)]) await assert.rejects(asked, /broken/);
  await assert.rejects(task.run(failing, keeper), /broken/);
  assert.deepEqual([runs, reported.length], [1, 1]);
  await elapse(40);
  assert.equal(await task.run(async () => 'recovered', keeper), 'recovered');
});
