import assert from 'node:assert/strict';
import test from 'node:test';
import { atTemperature } from '@glimpse/shared/model/network/predictions';
import { answersOf, oneHot } from '@glimpse/test/support/training/answers';
import fc from 'fast-check';
import { randomStream, uniform } from '../engines/random.ts';
import { fitTemperature, reliability } from './calibration.ts';

test('the calibration error matches a hand calculation', () => {
  // Four answers with .9, three right; two with .6, one right: 4/6 · |.75 − .9| + 2/6 · |.5 − .6|.
  const probabilities = Float32Array.from([0.9, 0.9, 0.9, 0.9, 0.6, 0.6].flatMap((p) => [p, 1 - p]));
  const { ece, bins } = reliability(probabilities, Uint8Array.of(0, 0, 0, 1, 0, 1), 2);
  assert.ok(Math.abs(ece - (4 / 6) * 0.15 - (2 / 6) * 0.1) < 1e-6, `${ece}`);
  assert.equal(bins.length, 15);
  assert.deepEqual(
    bins.filter(({ images }) => images > 0).map(({ images, accuracy }) => [images, accuracy]),
    [
      [2, 0.5],
      [4, 0.75],
    ],
  );
});

test('with full confidence, the error is 0 if all answers are correct and 1 if all are wrong', () => {
  assert.equal(reliability(oneHot([0, 1], 2), Uint8Array.of(0, 1), 2).ece, 0);
  assert.equal(reliability(oneHot([0, 1], 2), Uint8Array.of(1, 0), 2).ece, 1);
});

test('the error is within 0 … 1, and every image is in the bin of its confidence', () => {
  fc.assert(
    fc.property(answersOf(), ({ probabilities, truth, classes }) => {
      const { ece, bins } = reliability(probabilities, truth, classes);
      assert.ok(ece >= 0 && ece <= 1, `${ece}`);
      assert.equal(
        bins.reduce((total, { images }) => total + images, 0),
        truth.length,
      );
      for (const { from, to, images, confidence } of bins) {
        if (images > 0) assert.ok(confidence >= from - 1e-6 && confidence <= to + 1e-6);
      }
    }),
  );
});

/** Answers whose classes are drawn with the very probabilities that they give, then sharpened by `power`. */
function drawn(power: number): { probabilities: Float32Array; truth: Uint8Array } {
  const random = randomStream(1, 'calibration');
  const images = 4000;
  const truth = new Uint8Array(images);
  const probabilities = new Float32Array(images * 3);
  for (let image = 0; image < images; image++) {
    const raw = Float32Array.from({ length: 3 }, () => uniform(random) ** 3 + 0.01);
    const honest = raw.map((value) => value / (raw[0]! + raw[1]! + raw[2]!));
    const place = uniform(random);
    truth[image] = place < honest[0]! ? 0 : place < honest[0]! + honest[1]! ? 1 : 2;
    probabilities.set(atTemperature(honest, 1 / power), image * 3);
  }
  return { probabilities, truth };
}

test('the temperature of calibrated answers is 1, and of answers sharpened by 2 or 3 it is 2 or 3', () => {
  for (const power of [1, 2, 3]) {
    const { probabilities, truth } = drawn(power);
    const temperature = fitTemperature(probabilities, truth, 3);
    assert.ok(Math.abs(temperature / power - 1) < 0.08, `${temperature} for ${power}`);
  }
});

test('the fitted temperature lowers the calibration error of overconfident answers', () => {
  const { probabilities, truth } = drawn(3);
  const temperature = fitTemperature(probabilities, truth, 3);
  const cooled = new Float32Array(probabilities.length);
  for (let i = 0; i < cooled.length; i += 3) cooled.set(atTemperature(probabilities.slice(i, i + 3), temperature), i);
  const before = reliability(probabilities, truth, 3).ece;
  const after = reliability(cooled, truth, 3).ece;
  assert.ok(after < before / 3, `${before} → ${after}`);
});
