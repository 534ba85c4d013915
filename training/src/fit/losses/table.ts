/** Every loss by Keras' name. */
import { abs, add, exp, log1p, mean, mul, neg, relu, squaredDifference, sub, type Tensor } from '@tensorflow/tfjs-core';
import type { Loss } from './loss.ts';

const categoricalCrossentropy: Loss = {
  activation: 'softmax',
  compute: (kernels, logits, targets) => kernels.softmaxCrossEntropy(logits, targets),
};

const binaryCrossentropy: Loss = {
  activation: 'sigmoid',
  // max(z, 0) - z t + log(1 + exp(-|z|)), which no size of z can overflow.
  compute: (_, logits, targets) => rowMeans(add(sub(relu(logits), mul(logits, targets)), log1p(exp(neg(abs(logits)))))),
};

const meanSquaredError: Loss = {
  compute: (_, outputs, targets) => rowMeans(squaredDifference(outputs, targets)),
};

export const losses = { categoricalCrossentropy, binaryCrossentropy, meanSquaredError } satisfies Record<string, Loss>;

export type LossName = keyof typeof losses;

function rowMeans(x: Tensor): Tensor {
  return mean(x, 1);
}
