import assert from 'node:assert/strict';
import test from 'node:test';
import { dequantize } from '@glimpse/shared/model/network/model-file';
import fc from 'fast-check';
import { quantizeWeights } from './quantize-weights.ts';

const kernel = fc.float32Array({ minLength: 1, maxLength: 200, noNaN: true, min: -1000, max: 1000 });

function roundTrip(values: Float32Array, dtype: 'uint8' | 'uint16' | 'float16') {
  const [stored] = quantizeWeights(new Map([['k', { shape: [1, values.length], values }]]), dtype);
  return { read: dequantize(new Uint8Array(stored!.bytes), stored!.entry.quantization), stored: stored! };
}

for (const dtype of ['uint8', 'uint16'] as const) {
  test(`${dtype}: every value is within half a step, and 0 stays 0`, () => {
    fc.assert(
      fc.property(kernel, (values) => {
        const withZero = Float32Array.of(0, ...values);
        const { read, stored } = roundTrip(withZero, dtype);
        const { scale } = stored.entry.quantization as { scale: number };
        assert.equal(read[0], 0);
        read.forEach((value, i) => {
          assert.ok(
            Math.abs(value - withZero[i]!) <= scale * 0.501 + 1e-6 * Math.abs(withZero[i]!),
            `${value} ${withZero[i]} ${scale}`,
          );
        });
        assert.equal(stored.bytes.length, withZero.length * (dtype === 'uint8' ? 1 : 2));
      }),
    );
  });
}

test('float16: every value is rounded to the nearest float16', () => {
  fc.assert(
    fc.property(kernel, (values) =>
      assert.deepEqual([...roundTrip(values, 'float16').read], [...Float16Array.from(values)]),
    ),
  );
});

test('a kernel of zeros stays zero', () => {
  for (const dtype of ['uint8', 'uint16', 'float16'] as const) {
    assert.deepEqual(roundTrip(new Float32Array(5), dtype).read, new Float32Array(5));
  }
});

test('biases stay float32', () => {
  const values = Float32Array.of(0.1, -7.3);
  const [stored] = quantizeWeights(new Map([['b', { shape: [2], values }]]), 'uint8');
  assert.equal(stored!.entry.quantization, undefined);
  assert.deepEqual(new Float32Array(stored!.bytes.slice().buffer), values);
});

test('a value that float16 cannot represent is rejected', () => {
  assert.throws(() => roundTrip(Float32Array.of(70_000), 'float16'), {
    code: 'run-invalid',
    message: /Use uint16/,
  });
});
