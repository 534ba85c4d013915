/** Stochastic gradient descent with momentum (Polyak 1964; Sutskever et al. 2013 for Nesterov's). Keras: `SGD`. */
import { add, mul, sub } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { decay, defineOptimizer, learningRate } from './optimizer.ts';

export const sgd = defineOptimizer({
  options: z.strictObject({
    name: z.literal('sgd'),
    learningRate: learningRate(0.01),
    momentum: decay(0),
    nesterov: z._default(z.boolean(), false),
  }),
  slots: ({ momentum }) => (momentum === 0 ? [] : ['momentum']),
  update(weight, gradient, slots, { learningRate }, { momentum, nesterov }) {
    const step = mul(gradient, learningRate);
    if (momentum === 0) return { weight: sub(weight, step), slots: [] };
    const velocity = sub(mul(slots[0]!, momentum), step);
    const move = nesterov ? sub(mul(velocity, momentum), step) : velocity;
    return { weight: add(weight, move), slots: [velocity] };
  },
  keras: ({ momentum, nesterov }) => ({ className: 'SGD', options: momentum === 0 ? {} : { momentum, nesterov } }),
});
