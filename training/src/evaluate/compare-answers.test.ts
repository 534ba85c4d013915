import assert from 'node:assert/strict';
import test from 'node:test';
import { oneHot } from '@glimpse/test/support/training/answers';
import fc from 'fast-check';
import { agreement, compareAnswers, mcnemar } from './compare-answers.ts';

const near = (value: number, expected: number, tolerance = 5e-5) =>
  assert.ok(Math.abs(value - expected) < tolerance, `${value}, not ${expected}`);

test("the p-values match the paper's example, 1 against 7", () => {
  const { exact, midP } = mcnemar(1, 7);
  near(exact, 0.0703);
  near(midP, 0.0391);
});

test('the p-values match binomial sums for every small table', () => {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
  for (let first = 0; first <= 12; first++) {
    for (let second = 0; second <= 12; second++) {
      const n = first + second;
      const terms = Array.from({ length: n + 1 }, (_, k) => choose(n, k) / 2 ** n);
      const tail = terms.slice(0, Math.min(first, second) + 1).reduce((total, term) => total + term, 0);
      const { exact, midP } = mcnemar(first, second);
      near(exact, Math.min(1, 2 * tail), 1e-12);
      near(midP, Math.min(1, 2 * tail - terms[Math.min(first, second)]!), 1e-12);
    }
  }
});

test('with thousands of differing images, p-values stay within 0 … 1, and the order of the classifiers does not matter', () => {
  // By whole-number arithmetic: 2 · Σ C(3000, k ≤ 1400) / 2 ** 3000.
  near(mcnemar(1400, 1600).exact, 0.000278563961, 1e-12);
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(20_000), (a, b) => {
      const { exact, midP } = mcnemar(a, b);
      assert.ok(midP >= 0 && midP <= exact && exact <= 1);
      assert.equal(exact, mcnemar(b, a).exact);
    }),
  );
});

test('two classifiers with the same answers do not differ', () => {
  assert.deepEqual(mcnemar(0, 0), { onlyFirst: 0, onlySecond: 0, exact: 1, midP: 1 });
});

test('only images that exactly one classifier gets right are counted', () => {
  const truth = Uint8Array.of(0, 0, 0, 1, 1);
  const { onlyFirst, onlySecond } = compareAnswers(oneHot([0, 0, 1, 1, 0], 2), oneHot([0, 1, 1, 0, 1], 2), truth, 2);
  assert.deepEqual([onlyFirst, onlySecond], [2, 1]);
});

test('two sets of answers agree if the most probable class is the same', () => {
  const probabilities = Float32Array.from([0.75, 0.25, 0.125, 0.875, 0.5, 0.5, 0.25, 0.75]);
  const other = probabilities.slice();
  other.set([0.25, 0.75], 0);
  assert.deepEqual(agreement(probabilities, other, 2), { sameClass: 0.75, largestDifference: 0.5 });
  assert.deepEqual(agreement(probabilities, probabilities, 2), { sameClass: 1, largestDifference: 0 });
});
