import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { timingSafeEqual } from './timing-safe-equal.ts';

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);

test('it is equality', () => {
  fc.assert(fc.property(hex, hex, (a, b) => timingSafeEqual(a, b) === (a === b) && timingSafeEqual(a, a)));
  fc.assert(
    fc.property(hex, fc.nat({ max: 63 }), (a, place) => {
      const other = a.slice(0, place) + (a[place] === '0' ? '1' : '0') + a.slice(place + 1);
      return !timingSafeEqual(a, other);
    }),
  );
  assert.ok(!timingSafeEqual('ab', 'abc') && !timingSafeEqual('abc', 'ab') && !timingSafeEqual('', 'a'));
});

test('it looks at every character, also behind the first that differs', () => {
  let looked = 0;
  const watched = {
    length: 64,
    charCodeAt(i: number) {
      looked++;
      return i;
    },
  } as unknown as string;
  assert.ok(!timingSafeEqual(watched, 'f'.repeat(64)));
  assert.equal(looked, 64);
});
