/** Adam with decoupled weight decay (Loshchilov and Hutter 2019). Keras: `AdamW`. */
import { mul, sub } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { adam } from './adam.ts';
import { defineOptimizer } from './optimizer.ts';

export const adamw = defineOptimizer({
  options: z.extend(adam.options, {
    name: z.literal('adamw'),
    /** The share of each weight that a step removes, times the learning rate. */
    weightDecay: z._default(z.number().check(z.gte(0)), 0.004),
  }),
  slots: (options) => adam.slots({ ...options, name: 'adam' }),
  update(weight, gradient, slots, numbers, options) {
    const decayed = sub(weight, mul(weight, mul(numbers.learningRate, options.weightDecay)));
    return adam.update(decayed, gradient, slots, numbers, { ...options, name: 'adam' });
  },
  keras: (options) => ({
    // Keras 2 has no plain AdamW. Keras 3 finds this one by its name alone and uses its own defaults.
    className: 'Custom>AdamW',
    options: {
      ...adam.keras({ ...options, name: 'adam' }).options,
      weight_decay: options.weightDecay,
      is_legacy_optimizer: false,
    },
  }),
});
