import assert from 'node:assert/strict';
import test from 'node:test';
import { colorData } from '@glimpse/test/support/training/data';
import fc from 'fast-check';
import { channelStatistics, checkImages, type DataSet, fingerprint } from './data-set.ts';
import { ImageSet } from './image-set.ts';

const pixels = new Uint8Array(2 * 12);
const check = (classes: number[], labels: number) => () =>
  checkImages('training', ImageSet.inMemory(pixels, Uint8Array.from(classes)), [2, 2, 3], labels);

test('labels from 0 to classes - 1 are accepted', () => assert.doesNotThrow(check([0, 9], 10)));

test('labels numbered from 1 are rejected with the first bad label and the remedy', () => {
  assert.throws(check([1, 10], 10), {
    code: 'data-invalid',
    message: /Image 1 of the training set has the label 10, but 10 classes are numbered 0 to 9\..*subtract 1/s,
  });
});

test('a different number of labels than images is rejected', () => {
  assert.throws(check([0], 10), { message: /1 labels, but 24 bytes of pixels are 2 images/ });
});

test('the fingerprint changes if a pixel or a label changes', () => {
  const before = fingerprint(colorData(20, 10));
  const pixel = colorData(20, 10);
  (pixel.test.source.pixels as Uint8Array)[5]! ^= 1;
  const label = colorData(20, 10);
  label.train.classes[5] = (label.train.classes[5]! + 1) % 10;
  const apart: DataSet = { ...colorData(20, 10), validation: colorData(20, 5).test };
  assert.equal(fingerprint(colorData(20, 10)), before);
  assert.notEqual(fingerprint(pixel), before);
  assert.notEqual(fingerprint(label), before);
  assert.notEqual(fingerprint(apart), before);
});

const setOf = (pixels: Uint8Array, bytes: number) => ImageSet.inMemory(pixels, new Uint8Array(pixels.length / bytes));

test('mean and standard deviation are per channel, for values from 0 to 1', () => {
  const set = setOf(Uint8Array.of(0, 51, 255, 255, 51, 0, 0, 51, 255, 255, 51, 0), 6);
  assert.deepEqual(channelStatistics(set, 3), { mean: [0.5, 0.2, 0.5], standardDeviation: [0.5, 1, 0.5] });
});

test('the channel statistics match the textbook formula to four decimals', () => {
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
