import assert from 'node:assert/strict';
import test from 'node:test';
import { oneHot } from '@glimpse/test/support/training/answers';
import fc from 'fast-check';
import { compareAnswers, mcnemar } from './mcnemar.ts';

const near = (value: number, wanted: number, tolerance = 5e-5) =>
  assert.ok(Math.abs(value - wanted) < tolerance, `${value}, not ${wanted}`);

test("p-values are those of the paper's example, 1 against 7", () => {
  const { exact, midP } = mcnemar(1, 7);
  near(exact, 0.0703);
  near(midP, 0.0391);
});

test('they agree with binomial sums for every small table', () => {
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

test('thousands of differing images neither underflow nor leave 0 … 1, and the order of the two does not matter', () => {
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

test('two classifiers that answer alike do not differ', () => {
  assert.deepEqual(mcnemar(0, 0), { onlyFirst: 0, onlySecond: 0, exact: 1, midP: 1 });
});

test('only images that one of the two gets right are counted', () => {
  const truth = Uint8Array.of(0, 0, 0, 1, 1);
  const { onlyFirst, onlySecond } = compareAnswers(oneHot([0, 0, 1, 1, 0], 2), oneHot([0, 1, 1, 0, 1], 2), truth, 2);
  assert.deepEqual([onlyFirst, onlySecond], [2, 1]);
});
