import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { root } from '@glimpse/test/support/worker/root';
import { clientNetwork, PERIOD_SECONDS, RateGuard, type RateGuardOptions } from './rate-guard.ts';

type Limiter = RateGuardOptions['limiter'];

/** A limiter whose window never ends, and a clock that the test sets. */
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

test('an occasional client is checked each time', async () => {
  const { clock, asked, passes } = guardOf(3);
  const passed = [];
  for (let i = 0; i < 5; i++) {
    passed.push(await passes());
    clock.now += 2_000;
  }
  assert.deepEqual(passed, [true, true, true, false, false]);
  assert.deepEqual(asked, [1, 1, 1, 1, 1]);
});

test('a busy client is checked once for several requests, and exceeds the limit by no more than those', async () => {
  const { asked, passes } = guardOf(100);
  let passed = 0;
  for (let i = 0; i < 500; i++) if (await passes()) passed++;
  assert.ok(passed >= 100 && passed <= 100 + 2 * 16, String(passed));
  assert.ok(asked.length <= 10, String(asked.length));
});

test('in a burst, requests before the first rejection pass, and none after it', async () => {
  const { asked, passes } = guardOf(10);
  await Promise.all(Array.from({ length: 200 }, () => passes()));
  assert.ok(asked.length <= 13, String(asked.length));
  for (let i = 0; i < 50; i++) assert.equal(await passes(), false);
});

test('a rejected client is checked again after a second, and other clients are unaffected', async () => {
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

test('if the limiter fails, requests pass, and the failure is reported', async () => {
  const { errors, passes } = guardOf(0, {
    limit: async () => {
      throw new Error('no counter');
    },
  });
  assert.equal(await passes(), true);
  assert.equal(errors.length, 1);
});

test('Retry-After equals the window of the bindings', async () => {
  const toml = await readFile(join(root, 'wrangler.toml'), 'utf8');
  const periods = [...toml.matchAll(/^simple = .*period = (\d+)/gm)].map(([, period]) => Number(period));
  assert.deepEqual(periods, [PERIOD_SECONDS, PERIOD_SECONDS]);
});

test('a network is an IPv4 address or the /64 of an IPv6 address', () => {
  assert.equal(clientNetwork('203.0.113.7'), '203.0.113.7');
  const network = clientNetwork('2001:db8:1:2:3:4:5:6');
  assert.equal(network, '2001:db8:1:2');
  for (const same of ['2001:DB8:1:2::', '2001:0db8:0001:0002::9', '2001:db8:1:2:ffff:ffff:192.0.2.1']) {
    assert.equal(clientNetwork(same), network, same);
  }
  assert.notEqual(clientNetwork('2001:db8:1:3::1'), network);
  assert.equal(clientNetwork('::ffff:192.0.2.1'), '0:0:0:0');
  assert.equal(clientNetwork('2001:db8::1'), '2001:db8:0:0');
});

test('this machine and a missing address are no network', () => {
  for (const address of [null, '127.0.0.1', '::1']) assert.equal(clientNetwork(address), undefined);
});
