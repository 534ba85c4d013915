import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { grad, maxPool, mul, setBackend, sum, type Tensor, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import '../gradients.ts';
import { startWasm } from './start.ts';

before(startWasm);

const size = fc.integer({ min: 1, max: 8 });
const window = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }));
const pools = fc
  .record({
    n: fc.integer({ min: 1, max: 2 }),
    height: size,
    width: size,
    channels: fc.integer({ min: 1, max: 3 }),
    window,
    strides: window,
    pad: fc.constantFrom('valid' as const, 'same' as const),
  })
  .filter(({ height, width, window, pad }) => pad === 'same' || (window[0] <= height && window[1] <= width));

test('the gradient of max pooling matches the JavaScript backend, including windows of negative values', async () => {
  await fc.assert(
    fc.asyncProperty(pools, async ({ n, height, width, channels, window, strides, pad }) => {
      const shape = [n, height, width, channels] as [number, number, number, number];
      // All values are different, because implementations may break ties differently. Half of them are negative.
      const values = Float32Array.from({ length: n * height * width * channels }, (_, i) => Math.sin(i * 1.7 + 1));
      const gradient = async (backend: string) => {
        await setBackend(backend);
        const pooled = (x: Tensor) => maxPool(x as Tensor4D, window, strides, pad);
        const result = grad((x) => {
          const y = pooled(x);
          const weights = Float32Array.from({ length: y.size }, (_, i) => i + 1);
          return sum(mul(y, tensor4d(weights, y.shape as [number, number, number, number])));
        })(tensor4d(values, shape));
        return [...result.dataSync()];
      };
      const expected = await gradient('cpu');
      assert.deepEqual(await gradient('wasm'), expected);
    }),
    { numRuns: 150 },
  );
});
