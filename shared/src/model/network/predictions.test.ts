import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { atTemperature, topClasses } from './predictions.ts';

test('the best classes come first; ties are ordered by index', () => {
  assert.deepEqual(topClasses(Float32Array.of(0.25, 0.5, 0.25), 3), [
    { index: 1, score: 0.5 },
    { index: 0, score: 0.25 },
    { index: 2, score: 0.25 },
  ]);
  assert.equal(topClasses(Float32Array.of(0.1, 0.9), 1).length, 1);
});

test('a temperature gives softmax(logits / T)', () => {
  const logits = fc.array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 2, maxLength: 10 });
  fc.assert(
    fc.property(logits, fc.double({ min: 0.5, max: 4, noNaN: true }), (z, temperature) => {
      const expected = softmax(z.map((value) => value / temperature));
      atTemperature(Float32Array.from(softmax(z)), temperature).forEach((p, i) => {
        assert.ok(Math.abs(p - expected[i]!) < 1e-4);
      });
    }),
  );
});

function softmax(z: number[]): number[] {
  const powers = z.map((value) => Math.exp(value - Math.max(...z)));
  const sum = powers.reduce((total, p) => total + p, 0);
  return powers.map((p) => p / sum);
}
