import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { architectures } from '@glimpse/shared/model/architectures/registry';
import { type Architecture, defineArchitecture, elements } from '@glimpse/shared/model/network/architecture';
import { Network } from '@glimpse/shared/model/network/network';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { testWeights } from '../support/weights.ts';
import { onnxruntimeWeb } from './competitors/onnxruntime-web.ts';
import { exportOnnx, toChannelsFirst } from './onnx-export.ts';

before(useWasmBackend);

/** Every layer and option, with a different length for each axis, so that swapped axes are detected. */
const everyOption = defineArchitecture(
  'every-option',
  [15, 13, 3],
  [
    { className: 'Conv2D', config: { filters: 5, kernelSize: [3, 2], padding: 'same', useBias: false } },
    { className: 'Activation', config: { activation: 'relu' } },
    { className: 'Conv2D', config: { filters: 4, kernelSize: 3, strides: 2, activation: 'sigmoid' } },
    { className: 'MaxPooling2D', config: { poolSize: 3, strides: 1, padding: 'same' } },
    { className: 'MaxPooling2D', config: { poolSize: [2, 1] } },
    { className: 'Flatten' },
    { className: 'Dense', config: { units: 6, useBias: false } },
    { className: 'Activation', config: { activation: 'sigmoid' } },
    { className: 'Dropout', config: { rate: 0.5 } },
    { className: 'Dense', config: { units: 3, activation: 'softmax' } },
  ],
);

const inputs = (architecture: Architecture, count: number) =>
  Float32Array.from({ length: count * elements(architecture.inputShape) }, (_, i) => Math.cos(i * 7.1) / 2 + 0.5);

for (const architecture of [...architectures.values(), everyOption]) {
  test(`${architecture.name}: onnxruntime-web and our runner give the same scores`, async () => {
    const weights = testWeights(architecture);
    const onnx = exportOnnx(architecture, weights).buffer;
    const inputShape = architecture.inputShape as [number, number, number];
    const theirs = await onnxruntimeWeb({ modelJson: '', weightsBin: new ArrayBuffer(), onnx }, { inputShape });
    const images = inputs(architecture, 3);
    const expected = new Network(architecture, weights).predict(images);
    const actual = await theirs.on(images, 3)();
    assert.equal(actual.length, expected.length);
    for (const [i, value] of actual.entries()) assert.ok(Math.abs(value - expected[i]!) < 1e-5, `score ${i}`);
  });
}

test('a network without a dense layer after Flatten is rejected, because its scores would be in another order', () => {
  const architecture = defineArchitecture('headless', [4, 4, 2], [{ className: 'Flatten' }]);
  assert.throws(() => exportOnnx(architecture, testWeights(architecture)), /ends in a dense layer/);
});

test('every value is moved to its channels-first position', () => {
  // Two images of 1 x 2 places and 3 channels.
  const values = Float32Array.from({ length: 12 }, (_, i) => i);
  assert.deepEqual([...toChannelsFirst(values, [1, 2, 3])], [0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
});
