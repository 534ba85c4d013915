import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { conv2d, grads, mul, setBackend, sum, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import '../gradients.ts';
import { startWasm } from './start.ts';

before(startWasm);

const wave = (shape: [number, number, number, number], phase: number) =>
  tensor4d(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * 1.7 + phase)),
    shape,
  );

interface Case {
  input: [number, number, number, number];
  kernel: [number, number];
  filters: number;
  strides: [number, number];
  pad: 'valid' | 'same';
}

/** Gradients of sum(convolution * position weights) with respect to the input and the filter. */
async function gradients(backend: string, { input, kernel, filters, strides, pad }: Case): Promise<Float32Array[]> {
  await setBackend(backend);
  const x = wave(input, 1);
  const filter = wave([...kernel, input[3], filters], 2);
  const loss = (x: Tensor4D, f: Tensor4D) => {
    const y = conv2d(x, f, strides, pad);
    return sum(mul(y, wave(y.shape, 3)));
  };
  const result = grads(loss as never)([x, filter]).map((gradient) => gradient.dataSync() as Float32Array);
  await setBackend('wasm');
  return result;
}

test('the gradients of a convolution match the JavaScript backend for any geometry', async () => {
  const size = fc.integer({ min: 1, max: 9 });
  const cases = fc
    .record({
      batch: fc.integer({ min: 1, max: 3 }),
      height: size,
      width: size,
      channels: fc.integer({ min: 1, max: 4 }),
      kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      filters: fc.integer({ min: 1, max: 4 }),
      strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      pad: fc.constantFrom('valid' as const, 'same' as const),
    })
    // With padding and a stride above the kernel size, tfjs' WASM convolution itself is wrong (docs/training.md).
    .filter(
      ({ height, width, kernel, strides, pad }) =>
        (pad === 'same' || (kernel[0] <= height && kernel[1] <= width)) &&
        strides[0] <= kernel[0] &&
        strides[1] <= kernel[1],
    );
  await fc.assert(
    fc.asyncProperty(cases, async ({ batch, height, width, channels, ...rest }) => {
      const geometry = { input: [batch, height, width, channels] as Case['input'], ...rest };
      const expected = await gradients('cpu', geometry);
      const actual = await gradients('wasm', geometry);
      actual.forEach((values, which) => {
        assert.equal(values.length, expected[which]!.length);
        values.forEach((value, i) => {
          assert.ok(Math.abs(value - expected[which]![i]!) < 1e-4, `${which} ${i}: ${value} ${expected[which]![i]}`);
        });
      });
    }),
    { numRuns: 150 },
  );
});
