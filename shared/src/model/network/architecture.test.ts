import assert from 'node:assert/strict';
import test from 'node:test';
import { cifar10Tutorial } from '../architectures/cifar10-tutorial.ts';
import { defineArchitecture, inferShapes, networkSize } from './architecture.ts';
import { regularizers } from './weight-spec.ts';

test("the tutorial's network has the same number of parameters as in Keras, layer by layer", () => {
  const trainable = inferShapes(cifar10Tutorial).filter(({ parameters }) => parameters > 0);
  assert.deepEqual(
    trainable.map(({ layer, parameters }) => [layer.config.name, parameters]),
    [
      ['conv2d', 896],
      ['conv2d_1', 18_496],
      ['conv2d_2', 73_856],
      ['conv2d_3', 295_168],
      ['dense', 295_040],
      ['dense_1', 1_290],
    ],
  );
  assert.deepEqual(networkSize(cifar10Tutorial), { parameters: 684_746, multiplyAdds: 15_764_096, outputs: 10 });
});

test('a padded convolution with a stride has ceil(size / stride) positions', () => {
  const [conv] = inferShapes(
    defineArchitecture(
      'a',
      [33, 17, 3],
      [{ className: 'Conv2D', config: { filters: 2, kernelSize: 3, strides: 2, padding: 'same' } }],
    ),
  );
  assert.deepEqual(conv!.outputShape, [17, 9, 2]);
});

test("batch normalization has Keras' four weights per channel, two of them trainable", () => {
  const layers = [{ className: 'BatchNormalization' as const }];
  for (const shape of [[8, 8, 3], [3]]) {
    const [shaped] = inferShapes(defineArchitecture('a', shape, layers));
    assert.deepEqual(
      shaped!.weights.map(({ name, initializer, trainable }) => [name, initializer, trainable]),
      [
        ['gamma', 'ones', true],
        ['beta', 'zeros', true],
        ['moving_mean', 'zeros', false],
        ['moving_variance', 'ones', false],
      ],
    );
    assert.deepEqual([shaped!.parameters, shaped!.trainableParameters], [12, 6]);
  }
});

test('a weight has its regularizer, with the default strength of Keras', () => {
  const shaped = inferShapes(
    defineArchitecture(
      'a',
      [8, 8, 3],
      [
        {
          className: 'SeparableConv2D',
          config: {
            filters: 5,
            kernelSize: 3,
            depthMultiplier: 2,
            depthwiseRegularizer: regularizers.l1(),
            pointwiseRegularizer: regularizers.l1l2(),
          },
        },
        { className: 'Flatten' },
        { className: 'Dense', config: { units: 2, kernelRegularizer: regularizers.l2() } },
      ],
    ),
  );
  assert.deepEqual(
    shaped.flatMap(({ weights }) => weights.map(({ name, shape, regularizer }) => [name, shape, regularizer])),
    [
      ['depthwise_kernel', [3, 3, 3, 2], { l1: 0.01, l2: 0 }],
      ['pointwise_kernel', [1, 1, 6, 5], { l1: 0.01, l2: 0.01 }],
      ['bias', [5], undefined],
      ['kernel', [180, 2], { l1: 0, l2: 0.01 }],
      ['bias', [2], undefined],
    ],
  );
});

test('an unknown option is refused, with a list of the known ones', () => {
  const layers = [{ className: 'Dense', config: { unit: 3, units: 3 } }] as never;
  assert.throws(() => defineArchitecture('a', [4], layers), {
    code: 'network-invalid',
    message: /"dense" \(Dense\) has no option "unit"\. It has name, units, activation/,
  });
});

test('a layer with an explicit name does not count for the generated names', () => {
  const dense = (name?: string) => ({ className: 'Dense' as const, config: { units: 3, ...(name ? { name } : {}) } });
  const { layers } = defineArchitecture('a', [4], [dense(), dense('mine'), dense()]);
  assert.deepEqual(
    layers.map(({ config }) => config.name),
    ['dense', 'mine', 'dense_1'],
  );
});

test('an unknown layer class is refused, with a list of the known ones', () => {
  const layers = [{ className: 'LSTM', config: { units: 3 } }] as never;
  assert.throws(() => defineArchitecture('a', [4], layers), {
    name: 'NetworkError',
    code: 'network-unsupported',
    message: /"lstm" is a LSTM, which is not supported\. Supported layers: .*Conv2D/,
  });
});

test('an invalid option is refused, with the names of the layer and the option', () => {
  const layers = [{ className: 'Conv2D' as const, config: { filters: 0, kernelSize: 3 } }];
  assert.throws(() => defineArchitecture('a', [8, 8, 3], layers), {
    code: 'network-invalid',
    message: /"conv2d".*filters/s,
  });
});

for (const [what, shape, layers, message] of [
  [
    'a window larger than its input',
    [2, 2, 3],
    [{ className: 'MaxPooling2D', config: { poolSize: 3 } }],
    /window of 3,3 does not fit/,
  ],
  ['a dense layer on an image', [8, 8, 3], [{ className: 'Dense', config: { units: 3 } }], /Add a Flatten before it/],
  [
    'a convolution on a vector',
    [8],
    [{ className: 'Conv2D', config: { filters: 1, kernelSize: 1 } }],
    /needs an input of \[height, width, channels\]/,
  ],
  [
    'two layers with the same name',
    [8],
    [
      { className: 'Dropout', config: { name: 'a', rate: 0.1 } },
      { className: 'Dropout', config: { name: 'a', rate: 0.1 } },
    ],
    /Two layers are named "a"/,
  ],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => defineArchitecture('a', shape, layers as never), { code: 'network-invalid', message });
  });
}
