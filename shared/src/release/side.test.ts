import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { bucketOf, sideOf } from './side.ts';

const CALLERS = 10_000;
const first = '20261125T0312Z-00000001';
const second = '20261126T0312Z-00000002';
const withCanary = (percent: number) => ({
  channels: { stable: { version: first }, canary: { version: second, percent } },
  history: [],
});

/** What callers are told apart by, one alike the other. */
const kinds: Record<string, (i: number) => string> = {
  'numbered clients': (i) => `client-${i}`,
  'API keys': (i) => `glimpse-key-${(i * 2654435761 + 40503).toString(36)}`,
  'addresses and a day': (i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255} 2026-11-25`,
  'IPv6 addresses and a day': (i) => `2001:db8::${i.toString(16)} 2026-11-25`,
};
for (const [kind, caller] of Object.entries(kinds)) {
  test(`of ${CALLERS} ${kind}, the canary gets its share within 1 point`, () => {
    for (const percent of [1, 2.5, 10, 25, 50, 100]) {
      const channels = withCanary(percent);
      let canary = 0;
      for (let i = 0; i < CALLERS; i++) if (sideOf(channels, 'cifar10', caller(i)) === 'canary') canary++;
      assert.ok(Math.abs(canary / 100 - percent) <= 1, `${percent} %: ${canary / 100} %`);
    }
  });
}

test('buckets are as evenly spread as chance would have it, for any model and any kind of name', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9-]{1,64}$/), fc.string(), (model, head) => {
      const tenths = new Array<number>(10).fill(0);
      for (let i = 0; i < CALLERS; i++) tenths[Math.floor(bucketOf(model, `${head}${i}`) / 10)]!++;
      const chiSquare = tenths.reduce((sum, count) => sum + (count - CALLERS / 10) ** 2 / (CALLERS / 10), 0);
      // With 9 degrees of freedom chance gives more than 45 once in a million.
      assert.ok(chiSquare < 45, `χ² = ${chiSquare}`);
    }),
    { numRuns: 50 },
  );
});

test('a caller stays on his side, and those of a canary stay with it as its percent rises', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 99 }), (caller, percent) => {
      const side = sideOf(withCanary(percent), 'cifar10', caller);
      assert.equal(sideOf(withCanary(percent), 'cifar10', caller), side);
      if (side === 'canary') assert.equal(sideOf(withCanary(percent + 1), 'cifar10', caller), 'canary');
    }),
  );
});

test('two channels with percents have callers of their own, and one without has none', () => {
  const channels = {
    channels: {
      blue: { version: second, percent: 30 },
      canary: { version: second, percent: 20 },
      beta: { version: second },
      stable: { version: first },
    },
    history: [],
  };
  const counts: Record<string, number> = {};
  for (let i = 0; i < CALLERS; i++) {
    const side = sideOf(channels, 'cifar10', `client-${i}`);
    counts[side] = (counts[side] ?? 0) + 1;
  }
  assert.deepEqual(Object.keys(counts).sort(), ['blue', 'canary', 'stable']);
  assert.ok(Math.abs(counts.blue! - 3000) <= 100 && Math.abs(counts.canary! - 2000) <= 100, JSON.stringify(counts));
});

test('the buckets of two models have nothing to do with each other', () => {
  let both = 0;
  for (let i = 0; i < CALLERS; i++) if (bucketOf('a', `c${i}`) < 50 && bucketOf('b', `c${i}`) < 50) both++;
  assert.ok(Math.abs(both - 2500) <= 200, `${both}`);
});

test('a bucket does not change from one version of this software to the next', () => {
  assert.equal(bucketOf('cifar10', 'client-1').toFixed(6), '97.219987');
});
