/** Tests the Keras reference on networks whose results can be computed by hand. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { defineArchitecture } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { regularizers } from '@glimpse/shared/model/network/weight-spec';
import { keras3 } from '../python.ts';
import { kerasReference, type Tensor } from './keras-reference.ts';

/** y = 2a - b + 0.5 */
const line = defineArchitecture('line', [2], [{ className: 'Dense', config: { units: 1 } }]);
const weights: Weights = new Map([
  ['dense/kernel', tensor([2, 1], [2, -1])],
  ['dense/bias', tensor([1], [0.5])],
]);
const x = tensor([2, 2], [1, 3, 2, 1]);
const y = tensor([2, 1], [0, 0]);
const loss = { className: 'MeanSquaredError' } as const;
const outputs = [-0.5, 3.5];
const meanSquare = (0.5 ** 2 + 3.5 ** 2) / 2;
/** The mean of 2 * output * input. */
const gradient = [-0.5 * 1 + 3.5 * 2, -0.5 * 3 + 3.5 * 1];
const biasGradient = -0.5 + 3.5;

test('outputs, loss, gradients and steps match values computed by hand', { skip: keras3.skip }, async () => {
  const sgd = { className: 'SGD', config: { learning_rate: 0.1 } } as const;
  const [predicted, stepped, optimized, fitted] = await kerasReference([
    { kind: 'predict', architecture: line, weights, x },
    { kind: 'step', architecture: line, weights, x, y, loss },
    { kind: 'optimize', weights, gradients: [weights, weights], optimizer: sgd },
    { kind: 'fit', architecture: line, weights, batches: [{ x, y }], steps: 2, loss, optimizer: sgd },
  ]);
  near(predicted.outputs, outputs);
  near(stepped.outputs, outputs);
  nearNumber(stepped.loss, meanSquare);
  nearNumber(stepped.dataLoss, meanSquare);
  near(stepped.gradients.get('dense/kernel'), gradient);
  near(stepped.gradients.get('dense/bias'), [biasGradient]);
  assert.equal(stepped.moving.size, 0);
  // The gradients equal the weights, so each step multiplies the weights by 0.9.
  near(optimized.weights[0]!.get('dense/kernel'), [1.8, -0.9]);
  near(optimized.weights[1]!.get('dense/bias'), [0.4]);
  nearNumber(fitted.losses[0]!, meanSquare);
  const after = [2 - 0.1 * gradient[0]!, -1 - 0.1 * gradient[1]!, 0.5 - 0.1 * biasGradient] as const;
  const second = [after[0] + 3 * after[1] + after[2], 2 * after[0] + after[1] + after[2]] as const;
  nearNumber(fitted.losses[1]!, (second[0] ** 2 + second[1] ** 2) / 2);
});

test('a training pass normalizes by batch statistics, updates the moving ones and adds the regularizers', {
  skip: keras3.skip,
}, async () => {
  const normalized = defineArchitecture(
    'normalized',
    [1],
    [
      { className: 'BatchNormalization' },
      { className: 'Dense', config: { units: 1, useBias: false, kernelRegularizer: regularizers.l2(0.1) } },
    ],
  );
  const given: Weights = new Map([
    ['batch_normalization/gamma', tensor([1], [2])],
    ['batch_normalization/beta', tensor([1], [0])],
    ['batch_normalization/moving_mean', tensor([1], [10])],
    ['batch_normalization/moving_variance', tensor([1], [1])],
    ['dense/kernel', tensor([1, 1], [3])],
  ]);
  const batch = tensor([2, 1], [1, 5]);
  const [stepped] = await kerasReference([
    { kind: 'step', architecture: normalized, weights: given, x: batch, y: tensor([2, 1], [0, 0]), loss },
  ]);
  // Mean 3, biased variance 4.
  const output = (3 * 2 * 2) / Math.sqrt(4.001);
  near(stepped.outputs, [-output, output]);
  nearNumber(stepped.dataLoss, output ** 2);
  nearNumber(stepped.loss, output ** 2 + 0.1 * 3 ** 2);
  near(stepped.gradients.get('dense/kernel'), [(2 * output ** 2) / 3 + 2 * 0.1 * 3]);
  near(stepped.moving.get('batch_normalization/moving_mean'), [0.99 * 10 + 0.01 * 3]);
  near(stepped.moving.get('batch_normalization/moving_variance'), [0.99 * 1 + 0.01 * 4]);
  assert.deepEqual([...stepped.gradients.keys()].sort(), [
    'batch_normalization/beta',
    'batch_normalization/gamma',
    'dense/kernel',
  ]);
});

test('an error in Keras is rethrown with its message', { skip: keras3.skip }, async () => {
  const short = new Map([...weights].slice(0, 1));
  await assert.rejects(
    kerasReference([{ kind: 'predict', architecture: line, weights: short, x }]),
    /Keras has the weights \['dense\/bias', 'dense\/kernel'\], the request gives \['dense\/kernel'\]/,
  );
});

function tensor(shape: number[], values: number[]): Tensor {
  return { shape, values: Float32Array.from(values) };
}

function near(got: Tensor | undefined, wanted: readonly number[]): void {
  assert.equal(got?.values.length, wanted.length);
  for (const [i, value] of wanted.entries()) nearNumber(got!.values[i]!, value);
}

function nearNumber(got: number, wanted: number): void {
  assert.ok(Math.abs(got - wanted) <= 1e-5 * Math.max(1, Math.abs(wanted)), `${got} is not ${wanted}`);
}
