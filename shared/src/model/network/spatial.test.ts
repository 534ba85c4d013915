import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { conv2d as convolve, depthwiseConv2d, maxPool, type Tensor4D, tensor4d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { useWasmBackend } from '../runtime/node-wasm-backend.ts';
import { padForWindow, slide, type Window } from './spatial.ts';

before(useWasmBackend);

const size = fc.integer({ min: 1, max: 9 });
const pair = (max: number) => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));
const geometry = fc.record({ height: size, width: size, size: pair(4), strides: pair(6) });

/** Reference for Keras' `same`: `reduce` gets the values of [height, width, 2] in each window, and their index in it. */
function slidePlainly(x: Float32Array, height: number, width: number, window: Window, reduce: Reduce): number[] {
  const [rows, columns] = slide('test', [height, width, 2], window);
  const first = ([0, 1] as const).map((axis) => {
    const missing = ([rows, columns][axis]! - 1) * window.strides[axis] + window.size[axis] - [height, width][axis]!;
    return Math.floor(Math.max(0, missing) / 2);
  });
  const result: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (const channel of [0, 1]) {
        const covered: [value: number, at: number][] = [];
        for (let i = 0; i < window.size[0] * window.size[1]; i++) {
          const y = row * window.strides[0] - first[0]! + Math.floor(i / window.size[1]);
          const z = column * window.strides[1] - first[1]! + (i % window.size[1]);
          if (y >= 0 && y < height && z >= 0 && z < width) covered.push([x[(y * width + z) * 2 + channel]!, i]);
        }
        result.push(reduce(covered, channel));
      }
    }
  }
  return result;
}
type Reduce = (covered: readonly [value: number, at: number][], channel: number) => number;

const kernel = (at: number, channel: number) => Math.cos(at * 2 + channel);

test('with explicit padding, tfjs on WASM computes "same" correctly for any size, stride and window', () => {
  fc.assert(
    fc.property(geometry, ({ height, width, size, strides }) => {
      const window: Window = { size, strides, padding: 'same' };
      const values = Float32Array.from({ length: height * width * 2 }, (_, i) => Math.sin(i * 1.7) - 2);
      const weights = Float32Array.from({ length: size[0] * size[1] * 2 }, (_, i) => kernel(i >> 1, i & 1));
      const sums = slidePlainly(values, height, width, window, (covered, channel) =>
        covered.reduce((sum, [value, at]) => sum + value * kernel(at, channel), 0),
      );
      const largest = slidePlainly(values, height, width, window, (covered) =>
        Math.max(...covered.map(([value]) => value)),
      );
      tidy(() => {
        const x = tensor4d(values, [1, height, width, 2]);
        const filter = tensor4d(weights, [...size, 2, 1]);
        const padded = padForWindow(x, window);
        close(depthwiseConv2d(padded.x, filter, strides, padded.padding), sums);
        close(
          convolve(padded.x, filter, strides, padded.padding),
          sums.flatMap((sum, i) => (i % 2 ? [] : [sum + sums[i + 1]!])),
        );
        const lowest = padForWindow(x, window, Number.NEGATIVE_INFINITY);
        close(maxPool(lowest.x, size, strides, lowest.padding), largest);
      });
    }),
    { numRuns: 300 },
  );
});

test('a window that tfjs pads correctly is not padded explicitly', () => {
  const x = tensor4d(new Float32Array(18), [1, 3, 3, 2]);
  for (const padding of ['same', 'valid'] as const) {
    assert.deepEqual(padForWindow(x, { size: [2, 3], strides: [2, 3], padding }), { x, padding });
  }
});

function close(actual: Tensor4D, expected: readonly number[]): void {
  const values = actual.dataSync();
  assert.equal(values.length, expected.length);
  for (const [i, value] of values.entries())
    assert.ok(Math.abs(value - expected[i]!) < 1e-4, `${value} ${expected[i]}`);
}
