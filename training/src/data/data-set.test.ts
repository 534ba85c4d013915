import assert from 'node:assert/strict';
import test from 'node:test';
import { colorData } from '@glimpse/test/support/training/data';
import { checkImages, type DataSet, fingerprint } from './data-set.ts';
import { ImageSet } from './image-set.ts';

const pixels = new Uint8Array(2 * 12);
const check = (classes: number[], labels: number) => () =>
  checkImages('training', ImageSet.inMemory(pixels, Uint8Array.from(classes)), [2, 2, 3], labels);

test('labels from 0 to classes - 1 pass', () => assert.doesNotThrow(check([0, 9], 10)));

test('labels that count from 1 are refused, naming the bad one and what to do', () => {
  assert.throws(check([1, 10], 10), {
    code: 'data-invalid',
    message: /Image 1 of the training set has the label 10, but 10 classes are numbered 0 to 9\..*Subtract 1/s,
  });
});

test('another number of labels than images is refused', () => {
  assert.throws(check([0], 10), { message: /1 labels, but 24 bytes of pixels are 2 images/ });
});

test('the fingerprint changes with a pixel and with a label', () => {
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
