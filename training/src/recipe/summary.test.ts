import assert from 'node:assert/strict';
import test from 'node:test';
import { cifar10Bn } from '@glimpse/shared/model/architectures/cifar10-bn';
import { cifar10Tutorial } from '@glimpse/shared/model/architectures/cifar10-tutorial';
import type { LayerInput } from '@glimpse/shared/model/layers/table';
import { defineArchitecture } from '@glimpse/shared/model/network/architecture';
import { regularizers } from '@glimpse/shared/model/network/weight-spec';
import { describeSummary, summarize } from './summary.ts';

test("the tutorial's network has 684,746 parameters in Keras' table", () => {
  const summary = summarize(cifar10Tutorial);
  assert.deepEqual(summary.parameters, { total: 684_746, trainable: 684_746, nonTrainable: 0 });
  assert.equal(summary.multiplyAdds, 15_764_096);
  const text = describeSummary(summary);
  assert.match(text, /^Model: "cifar10-tutorial"\n/);
  assert.match(text, /\nconv2d_1 \(Conv2D\) +\(None, 13, 13, 64\) +18,496 +3,115,008\n/);
  assert.match(text, /\nTotal params: 684,746 \(2\.61 MB\)\nTrainable params: 684,746 \(2\.61 MB\)\n/);
  assert.match(text, /\nNon-trainable params: 0 \(0\.00 B\)\nMultiply-adds of one image: 15,764,096$/);
  assert.doesNotMatch(text, /Connected to|Warning/);
});

test('moving statistics count as non-trainable parameters', () => {
  const { parameters, multiplyAdds } = summarize(cifar10Bn);
  assert.deepEqual(parameters, { total: 733_546, trainable: 731_882, nonTrainable: 1_664 });
  assert.equal(multiplyAdds, 45_712_640);
});

/** The tutorial's side models: a vector of 100, Dense 64-32-1 with sigmoid at the end. */
const sideModel = (layers: readonly LayerInput[]) => summarize(defineArchitecture('side', [100], layers));
const end: LayerInput = { className: 'Dense', config: { units: 1, activation: 'sigmoid' } };
const hidden = (units: number, config: object = {}): LayerInput => ({
  className: 'Dense',
  config: { units, activation: 'relu', ...config },
});
const normalized = (units: number): LayerInput[] => [
  { className: 'Dense', config: { units, useBias: false } },
  { className: 'BatchNormalization' },
  { className: 'Activation', config: { activation: 'relu' } },
];
const plain = 100 * 64 + 64 + 64 * 32 + 32 + 32 + 1;

for (const [what, layers, parameters] of [
  ['plain', [hidden(64), hidden(32), end], { total: plain, trainable: plain, nonTrainable: 0 }],
  [
    'with batch normalization and no bias',
    [...normalized(64), ...normalized(32), end],
    // Per unit: gamma, beta (which replaces the bias) and two statistics.
    { total: plain + 3 * 96, trainable: plain + 96, nonTrainable: 2 * 96 },
  ],
  [
    'with l1',
    [hidden(64, { kernelRegularizer: regularizers.l1() }), hidden(32, { kernelRegularizer: regularizers.l1() }), end],
    { total: plain, trainable: plain, nonTrainable: 0 },
  ],
  [
    'with l2',
    [hidden(64, { kernelRegularizer: regularizers.l2() }), hidden(32, { kernelRegularizer: regularizers.l2() }), end],
    { total: plain, trainable: plain, nonTrainable: 0 },
  ],
] as const) {
  test(`the tutorial's side model ${what} has the parameter counts of Keras and no warnings`, () => {
    const summary = sideModel(layers);
    assert.deepEqual(summary.parameters, parameters);
    assert.deepEqual(summary.warnings, []);
    assert.match(describeSummary(summary), /\(Dense\) +\(None, 64\) +6,4(64|00) +6,400\n/);
  });
}

test('the table of a graph shows connections, followed by warnings', () => {
  const summary = summarize(
    defineArchitecture(
      'graph',
      [4],
      [
        { className: 'Dense', config: { units: 4 } },
        { className: 'BatchNormalization' },
        { className: 'Add', inputs: ['batch_normalization', 'input'] },
      ],
    ),
  );
  const text = describeSummary(summary);
  assert.match(text, /Connected to\n/);
  assert.match(text, /\ninput \(InputLayer\) +\(None, 4\) +0 +0 +-\n/);
  assert.match(text, /\nadd \(Add\) +\(None, 4\) +0 +0 +batch_normalization, input\n/);
  assert.match(text, /\n\nWarning: Layer "dense" has a bias right before/);
});
