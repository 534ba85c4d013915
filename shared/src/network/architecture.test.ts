import assert from 'node:assert/strict';
import test from 'node:test';
import { cifar10Tutorial } from '../architectures/cifar10-tutorial.ts';
import { defineArchitecture, networkSize, place } from './architecture.ts';

test("the tutorial's network has Keras' parameters, layer by layer", () => {
  const trainable = place(cifar10Tutorial).filter(({ parameters }) => parameters > 0);
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

test('a padded convolution with a stride keeps ceil(size / stride) places', () => {
  const [conv] = place(
    defineArchitecture(
      'a',
      [33, 17, 3],
      [{ className: 'Conv2D', config: { filters: 2, kernelSize: 3, strides: 2, padding: 'same' } }],
    ),
  );
  assert.deepEqual(conv!.outputShape, [17, 9, 2]);
});

test('a layer of an unknown class is refused by name, with the classes that are known', () => {
  const layers = [{ className: 'LSTM', config: { units: 3 } }] as never;
  assert.throws(() => defineArchitecture('a', [4], layers), {
    name: 'NetworkError',
    code: 'network-unsupported',
    message: /"lstm" is a LSTM, which is not supported\. Supported are .*Conv2D/,
  });
});

test('a bad option is refused by layer and name', () => {
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
  ['a dense layer on a picture', [8, 8, 3], [{ className: 'Dense', config: { units: 3 } }], /put a Flatten before it/],
  [
    'a convolution on a vector',
    [8],
    [{ className: 'Conv2D', config: { filters: 1, kernelSize: 1 } }],
    /wants \[height, width, channels\]/,
  ],
  [
    'two layers of one name',
    [8],
    [
      { className: 'Dropout', config: { name: 'a', rate: 0.1 } },
      { className: 'Dropout', config: { name: 'a', rate: 0.1 } },
    ],
    /Two layers are called "a"/,
  ],
] as const) {
  test(`${what} is refused`, () => {
    assert.throws(() => defineArchitecture('a', shape, layers as never), { code: 'network-invalid', message });
  });
}
