import assert from 'node:assert/strict';
import test from 'node:test';
import { BASIS } from './area-weights.ts';
import { forwardDct, inverseDct } from './dct.ts';

const coefficients = Float64Array.from({ length: 64 }, (_, i) => (i < 40 ? ((i * 7919) % 201) - 100 : 0));

test('samples are the sum of the cosines given by the coefficients', () => {
  const samples = coefficients.slice();
  inverseDct(samples, 5);
  for (const [i, sample] of samples.entries()) {
    const terms = coefficients.map(
      (value, at) => value * BASIS[(at & 7) * 8 + (i & 7)]! * BASIS[(at & 56) + (i >> 3)]!,
    );
    assert.ok(Math.abs(sample - terms.reduce((sum, term) => sum + term, 0)) < 1e-9, `sample ${i}`);
  }
});

test('the DCT converts samples back to their coefficients', () => {
  const block = coefficients.slice();
  inverseDct(block, 8);
  forwardDct(block);
  for (const [i, value] of block.entries()) assert.ok(Math.abs(value - coefficients[i]!) < 1e-9, `coefficient ${i}`);
});
