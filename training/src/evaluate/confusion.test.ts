import assert from 'node:assert/strict';
import test from 'node:test';
import { answersOf, oneHot } from '@glimpse/test/support/training/answers';
import fc from 'fast-check';
import { countClasses } from '../data/image-set.ts';
import { classMetrics, confidentMistakes, confusedPairs, confusionOf, macroMean } from './confusion.ts';

// Six images of cat, dog, ship: cat cat dog dog dog ship classified as cat dog dog dog cat ship.
const truth = Uint8Array.of(0, 0, 1, 1, 1, 2);
const confusion = confusionOf(oneHot([0, 1, 1, 1, 0, 2], 4), truth, 4);

test('rows of the matrix are true classes, columns are answers', () => {
  assert.deepEqual(confusion, [
    [1, 1, 0, 0],
    [1, 2, 0, 0],
    [0, 0, 1, 0],
    [0, 0, 0, 0],
  ]);
});

test('precision, recall and F1 match a hand calculation and are NaN for an absent class', () => {
  const [cat, dog, ship, none] = classMetrics(confusion);
  assert.deepEqual(cat, { precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2 });
  assert.deepEqual(dog, { precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 });
  assert.deepEqual(ship, { precision: 1, recall: 1, f1: 1, support: 1 });
  assert.deepEqual(none, { precision: NaN, recall: NaN, f1: NaN, support: 0 });
});

test('the macro mean ignores classes without images and counts a class that is never answered as 0', () => {
  const mean = macroMean(classMetrics(confusion));
  assert.ok(Math.abs(mean.f1 - (1 / 2 + 2 / 3 + 1) / 3) < 1e-12);
  const never = macroMean(classMetrics(confusionOf(oneHot([0, 0], 2), Uint8Array.of(0, 1), 2)));
  assert.equal(never.precision, 1 / 4);
});

test('confused pairs are sorted by frequency and exclude correct answers', () => {
  assert.deepEqual(confusedPairs(confusionOf(oneHot([1, 1, 0, 1], 2), Uint8Array.of(0, 0, 1, 1), 2), 5), [
    { truth: 0, answer: 1, images: 2 },
    { truth: 1, answer: 0, images: 1 },
  ]);
});

test('the matrix has rows for classes without images', () => {
  assert.deepEqual(countClasses(truth, 4), [2, 3, 1, 0]);
});

test('rows add up to the class counts, and the order of the images does not matter', () => {
  fc.assert(
    fc.property(answersOf(), ({ probabilities, truth, classes }) => {
      const matrix = confusionOf(probabilities, truth, classes);
      const metrics = classMetrics(matrix);
      assert.equal(
        metrics.reduce((total, { support }) => total + support, 0),
        truth.length,
      );
      for (const { f1, precision, recall } of metrics) {
        for (const share of [f1, precision, recall]) assert.ok(Number.isNaN(share) || (share >= 0 && share <= 1));
      }
      const images = [...truth.keys()].reverse();
      const reversed = Float32Array.from(
        images.flatMap((i) => [...probabilities.subarray(i * classes, (i + 1) * classes)]),
      );
      assert.deepEqual(confusionOf(reversed, truth.toReversed(), classes), matrix);
    }),
  );
});

test('mistakes are sorted by confidence and exclude correct answers', () => {
  const probabilities = Float32Array.from([0.75, 0.25, 0.125, 0.875, 0.5, 0.5, 0.25, 0.75]);
  const mistakes = confidentMistakes(probabilities, Uint8Array.of(1, 0, 0, 1), 2, 5);
  assert.deepEqual(mistakes, [
    { image: 1, truth: 0, answer: 1, probability: 0.875, probabilityOfTruth: 0.125 },
    { image: 0, truth: 1, answer: 0, probability: 0.75, probabilityOfTruth: 0.25 },
  ]);
  assert.deepEqual(confidentMistakes(probabilities, Uint8Array.of(1, 0, 0, 1), 2, 1), mistakes.slice(0, 1));
});
