/** Adam with decoupled weight decay (Loshchilov and Hutter 2019). Keras: `AdamW`. */
import { mul, sub } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { adam, adamOptions } from './adam.ts';
import type { Optimizer } from './optimizer.ts';

export const adamwOptions = z.extend(adamOptions, {
  name: z.literal('adamw'),
  /** Share of each weight that a step takes away, times the learning rate. */
  weightDecay: z._default(z.number().check(z.gte(0)), 0.004),
});

export const adamw: Optimizer<z.output<typeof adamwOptions>> = {
  slots: (options) => adam.slots(options),
  update(weight, gradient, slots, numbers, options) {
    const decayed = sub(weight, mul(weight, mul(numbers.learningRate, options.weightDecay)));
    return adam.update(decayed, gradient, slots, numbers, options);
  },
};
