import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { permutation, randomStream, uniform } from './random.ts';

const take = (seed: number, name: string, count: number) => Array.from({ length: count }, randomStream(seed, name));

test('the seed and the name determine a stream', () => {
  assert.deepEqual(take(1, 'a', 5), take(1, 'a', 5));
  assert.notDeepEqual(take(1, 'a', 5), take(2, 'a', 5));
  assert.notDeepEqual(take(1, 'a', 5), take(1, 'b', 5));
});

test('numbers are uniform in [0, 1)', () => {
  const stream = randomStream(1, 'even');
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) counts[Math.floor(uniform(stream) * 10)]!++;
  for (const count of counts) assert.ok(count > 880 && count < 1120, `${counts}`);
});

test('a permutation contains each number once', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(1000), (seed, length) => {
      const sorted = permutation(randomStream(seed, 'p'), length).sort();
      assert.deepEqual([...sorted], [...Array(length).keys()]);
    }),
  );
});
