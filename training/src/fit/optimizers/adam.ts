/** Adam (Kingma and Ba 2015). Keras: `Adam`, whose epsilon is the paper's "epsilon hat". */
import { add, div, mul, sqrt, square, sub } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { decay, defineOptimizer, epsilon, learningRate } from './optimizer.ts';

export const adam = defineOptimizer({
  options: z.strictObject({
    name: z.literal('adam'),
    learningRate: learningRate(0.001),
    beta1: decay(0.9),
    beta2: decay(0.999),
    epsilon,
  }),
  slots: () => ['momentum', 'velocity'],
  update(weight, gradient, [momentum, velocity], { learningRate, beta1Power, beta2Power }, options) {
    const { beta1, beta2, epsilon } = options;
    const mean = add(mul(momentum!, beta1), mul(gradient, 1 - beta1));
    const variance = add(mul(velocity!, beta2), mul(square(gradient), 1 - beta2));
    const rate = mul(learningRate, div(sqrt(sub(1, beta2Power)), sub(1, beta1Power)));
    return {
      weight: sub(weight, div(mul(mean, rate), add(sqrt(variance), epsilon))),
      slots: [mean, variance],
    };
  },
  keras: ({ beta1, beta2, epsilon }) => ({
    className: 'Adam',
    options: { beta_1: beta1, beta_2: beta2, epsilon, amsgrad: false },
  }),
});
