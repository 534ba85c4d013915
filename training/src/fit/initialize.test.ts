import assert from 'node:assert/strict';
import test from 'node:test';
import { cifar10Tutorial } from '@glimpse/shared/model/architectures/cifar10-tutorial';
import { initialWeights } from './initialize.ts';

test("kernels start within Glorot's limit and fill it, biases start at 0", () => {
  const weights = initialWeights(cifar10Tutorial, 1);
  const { values } = weights.get('conv2d_1/kernel')!;
  const limit = Math.sqrt(6 / (9 * 32 + 9 * 64));
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  assert.ok(most <= limit && most > limit * 0.999);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean) < limit / 100);
  assert.ok(weights.get('conv2d_1/bias')!.values.every((value) => value === 0));
});
