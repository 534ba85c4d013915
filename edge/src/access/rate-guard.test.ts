import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '@glimpse/test/support/worker/root';
import { PERIOD_SECONDS, RateGuard, type RateGuardOptions } from './rate-guard.ts';

type Limiter = RateGuardOptions['limiter'];

/** A window that never ends, and a clock that a test sets. */
function guardOf(limit: number, limiter?: Limiter) {
  const clock = { now: 1_000_000 };
  const asked: number[] = [];
  const errors: unknown[] = [];
  let count = 0;
  const counting: Limiter = {
    async limit({ delta = 1 }) {
      asked.push(delta);
      if (count >= limit) return { success: false };
      count += delta;
      return { success: true };
    },
  };
  const guard = new RateGuard({
    limiter: limiter ?? counting,
    whose: 'with this key',
    report: (_, error) => errors.push(error),
    now: () => clock.now,
  });
  const passes = (of = 'a') =>
    guard.take(of).then(
      () => true,
      ({ code, retryAfter }) => {
        assert.deepEqual([code, retryAfter], ['rate-limited', PERIOD_SECONDS]);
        return false;
      },
    );
  return { clock, asked, errors, passes };
}

test('who sends now and then is asked about each time', async () => {
  const { clock, asked, passes } = guardOf(3);
  const passed = [];
  for (let i = 0; i < 5; i++) {
    passed.push(await passes());
    clock.now += 2_000;
  }
  assert.deepEqual(passed, [true, true, true, false, false]);
  assert.deepEqual(asked, [1, 1, 1, 1, 1]);
});

test('who sends much is asked about for many at once, and passes the limit by no more than those', async () => {
  const { asked, passes } = guardOf(100);
  let passed = 0;
  for (let i = 0; i < 500; i++) if (await passes()) passed++;
  assert.ok(passed >= 100 && passed <= 100 + 2 * 16, String(passed));
  assert.ok(asked.length <= 10, String(asked.length));
});

test('of a burst, what comes before the first refusal passes, and nothing after it', async () => {
  const { asked, passes } = guardOf(10);
  await Promise.all(Array.from({ length: 200 }, () => passes()));
  assert.ok(asked.length <= 13, String(asked.length));
  for (let i = 0; i < 50; i++) assert.equal(await passes(), false);
});

test('a refusal is asked about again after a second, and other senders are not held', async () => {
  const { clock, asked, passes } = guardOf(1);
  assert.equal(await passes(), true);
  clock.now += 200;
  assert.equal(await passes(), false);
  clock.now += 900;
  assert.equal(await passes(), false);
  assert.equal(asked.length, 2);
  clock.now += 200;
  assert.equal(await passes(), false);
  assert.equal(asked.length, 3);
});

test('where counting fails, requests go on, and it is reported', async () => {
  const { errors, passes } = guardOf(0, {
    limit: async () => {
      throw new Error('no counter');
    },
  });
  assert.equal(await passes(), true);
  assert.equal(errors.length, 1);
});

test('Retry-After is the window of the bindings', async () => {
  const toml = await readFile(join(root, 'wrangler.toml'), 'utf8');
  const periods = [...toml.matchAll(/^simple = .*period = (\d+)/gm)].map(([, period]) => Number(period));
  assert.deepEqual(periods, [PERIOD_SECONDS, PERIOD_SECONDS]);
});
