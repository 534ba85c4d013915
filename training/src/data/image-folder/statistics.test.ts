import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { ImageSet } from '../image-set.ts';
import { channelStatistics } from './statistics.ts';

const setOf = (pixels: Uint8Array, bytes: number) => ImageSet.inMemory(pixels, new Uint8Array(pixels.length / bytes));

test('mean and standard deviation are those of each channel, in 0 to 1', () => {
  const set = setOf(Uint8Array.of(0, 51, 255, 255, 51, 0, 0, 51, 255, 255, 51, 0), 6);
  assert.deepEqual(channelStatistics(set, 3), { mean: [0.5, 0.2, 0.5], standardDeviation: [0.5, 1, 0.5] });
});

test('they agree with the plain formula to four decimals', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 200 }), (values) => {
      const numbers = [...values].map((value) => value / 255);
      const mean = numbers.reduce((sum, value) => sum + value) / numbers.length;
      const deviation = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length);
      const found = channelStatistics(setOf(values, 1), 1);
      assert.ok(Math.abs(found.mean[0]! - mean) <= 0.000_051);
      assert.ok(deviation < 0.0001 || Math.abs(found.standardDeviation[0]! - deviation) <= 0.000_051);
      assert.ok(found.standardDeviation[0]! > 0);
    }),
  );
});
