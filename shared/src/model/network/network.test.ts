import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { testWeights } from '@glimpse/test/support/weights';
import { io, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { architectures } from '../architectures/registry.ts';
import type { LayerInput } from '../layers/table.ts';
import { useWasmBackend } from '../runtime/node-wasm-backend.ts';
import { type Architecture, defineArchitecture, elements } from './architecture.ts';
import { readModelFile, type StoredWeight, type Weights, writeModelFile } from './model-file.ts';
import { Network } from './network.ts';
import { regularizers } from './weight-spec.ts';

before(useWasmBackend);

const relu: LayerInput = { className: 'Activation', config: { activation: 'relu' } };

const everyOption = defineArchitecture(
  'every-option',
  [15, 13, 3],
  [
    { className: 'Conv2D', config: { filters: 5, kernelSize: [3, 2], padding: 'same', useBias: false } },
    relu,
    { className: 'Conv2D', config: { filters: 4, kernelSize: 3, strides: 2, activation: 'sigmoid' } },
    { className: 'MaxPooling2D', config: { poolSize: 3, strides: 1, padding: 'same' } },
    { className: 'Flatten' },
    { className: 'Dense', config: { units: 6, useBias: false, kernelRegularizer: regularizers.l1l2() } },
    { className: 'Activation', config: { activation: 'sigmoid' } },
    { className: 'Dropout', config: { rate: 0.5 } },
    { className: 'Dense', config: { units: 3 } },
    { className: 'Activation', config: { activation: 'softmax' } },
  ],
);

/** 28x28x1, as in MNIST. All its normalizations can be folded except the one on the images themselves. */
const gray = defineArchitecture(
  'gray',
  [28, 28, 1],
  [
    { className: 'BatchNormalization' },
    { className: 'Conv2D', config: { filters: 6, kernelSize: 5, strides: 2, useBias: false } },
    { className: 'BatchNormalization', config: { center: false, epsilon: 0.01 } },
    relu,
    {
      className: 'DepthwiseConv2D',
      config: { kernelSize: 3, depthMultiplier: 2, depthwiseRegularizer: regularizers.l2() },
    },
    { className: 'BatchNormalization', config: { scale: false } },
    { className: 'Dropout', config: { rate: 0.5 } },
    relu,
    {
      className: 'ZeroPadding2D',
      config: {
        padding: [
          [0, 1],
          [2, 0],
        ],
      },
    },
    { className: 'SeparableConv2D', config: { filters: 9, kernelSize: [2, 3], padding: 'same', strides: 2 } },
    { className: 'BatchNormalization', config: { center: false, scale: false } },
    { className: 'GlobalMaxPooling2D' },
    { className: 'Dense', config: { units: 7 } },
    { className: 'BatchNormalization' },
    relu,
    { className: 'BatchNormalization' },
    { className: 'Dense', config: { units: 3, activation: 'softmax', kernelRegularizer: regularizers.l1() } },
  ],
);

/** Residual blocks: one with an identity shortcut, one with a convolution, one sum of three. */
const residual = defineArchitecture(
  'residual',
  [32, 32, 3],
  [
    { className: 'Conv2D', config: { name: 'stem', filters: 8, kernelSize: 3, padding: 'same' } },
    { className: 'BatchNormalization', config: { name: 'normal' } },
    { className: 'Activation', config: { name: 'start', activation: 'relu' } },
    { className: 'Conv2D', config: { filters: 8, kernelSize: 3, padding: 'same', useBias: false } },
    { className: 'BatchNormalization' },
    { className: 'Add', config: { name: 'by' }, inputs: ['start', 'batch_normalization'] },
    relu,
    { className: 'SeparableConv2D', config: { filters: 12, kernelSize: 3, padding: 'same', strides: 2 } },
    { className: 'Conv2D', config: { name: 'short', filters: 12, kernelSize: 1, strides: 2 }, inputs: ['activation'] },
    { className: 'BatchNormalization', config: { name: 'two-readers' } },
    { className: 'Activation', config: { name: 'third', activation: 'sigmoid' } },
    { className: 'Add', config: { name: 'three' }, inputs: ['third', 'two-readers', 'separable_conv2d'] },
    { className: 'GlobalAveragePooling2D' },
    { className: 'Dense', config: { units: 4, activation: 'softmax' } },
  ],
);

function storedAsFloat(weights: Weights): StoredWeight[] {
  return [...weights].map(([name, { shape, values }]) => ({
    entry: { name, shape: [...shape], dtype: 'float32' },
    bytes: new Uint8Array(values.slice().buffer),
  }));
}

/** The same kernels, quantized to 8 bits by the simplest rule. */
function storedAsBytes(weights: Weights): StoredWeight[] {
  return [...weights].map(([name, { shape, values }]) => {
    const min = values.reduce((least, value) => Math.min(least, value));
    const scale = (values.reduce((most, value) => Math.max(most, value)) - min) / 255;
    return {
      entry: { name, shape: [...shape], dtype: 'float32', quantization: { dtype: 'uint8', scale, min } },
      bytes: Uint8Array.from(values, (value) => Math.round((value - min) / scale)),
    };
  });
}

const inputs = (architecture: Architecture, count: number) =>
  Float32Array.from({ length: count * elements(architecture.inputShape) }, (_, i) => Math.cos(i * 7.1) / 2 + 0.5);

for (const architecture of [...architectures.values(), everyOption, gray, residual]) {
  for (const [form, store] of [
    ['float32', storedAsFloat],
    ['uint8', storedAsBytes],
  ] as const) {
    test(`${architecture.name} (${form}) gives the results of tfjs-layers for the same files`, async () => {
      const { modelJson, weightsBin } = writeModelFile(architecture, store(testWeights(architecture)));
      const network = Network.fromFiles(readModelFile(modelJson), new Map([['weights.bin', weightsBin]]));
      const values = inputs(architecture, 3);
      const ours = network.predict(values);

      const json = JSON.parse(modelJson);
      const layers = await loadLayersModel(
        io.fromMemory({ ...json, weightSpecs: json.weightsManifest[0].weights, weightData: weightsBin.buffer }),
      );
      const theirs = layers.predict(tensor(values, [3, ...architecture.inputShape])) as Tensor;
      const expected = theirs.dataSync();
      assert.equal(ours.length, expected.length);
      const differences = ours.map((value, i) => Math.abs(value - expected[i]!));
      assert.ok(
        differences.every((difference) => difference < 1e-6),
        `${differences}`,
      );
      network.dispose();
    });
  }
}

test('an image has bit-identical results alone and in a batch', () => {
  const architecture = architectures.get('cifar10-tutorial')!;
  const network = new Network(architecture, testWeights(architecture));
  const values = inputs(architecture, 5);
  const together = network.predict(values);
  const size = elements(architecture.inputShape);
  for (let i = 0; i < 5; i++) {
    assert.deepEqual(network.predict(values.slice(i * size, (i + 1) * size)), together.slice(i * 10, (i + 1) * 10));
  }
  network.dispose();
});

test('predict leaks no tensors, and dispose frees the weights', () => {
  const before = Network.tensors;
  const network = new Network(everyOption, testWeights(everyOption));
  const loaded = Network.tensors;
  for (let i = 0; i < 3; i++) network.predict(inputs(everyOption, 1));
  assert.equal(Network.tensors, loaded);
  network.dispose();
  assert.equal(Network.tensors, before);
});

test('a length that is not a multiple of the input size is refused', () => {
  const network = new Network(everyOption, testWeights(everyOption));
  assert.throws(() => network.predict(new Float32Array(7)), RangeError);
  assert.throws(() => network.predict(new Float32Array(0)), RangeError);
  network.dispose();
});
