/** RMSprop (Tieleman and Hinton 2012). Keras: `RMSprop`. */
import { add, mul, rsqrt, square, sub } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { decay, defineOptimizer, epsilon, learningRate } from './optimizer.ts';

export const rmsprop = defineOptimizer({
  options: z.strictObject({
    name: z.literal('rmsprop'),
    learningRate: learningRate(0.001),
    rho: decay(0.9),
    momentum: decay(0),
    epsilon,
  }),
  slots: () => ['velocity', 'momentum'],
  update(weight, gradient, [velocity, momentum], { learningRate }, options) {
    const mean = add(mul(velocity!, options.rho), mul(square(gradient), 1 - options.rho));
    const increment = mul(mul(gradient, learningRate), rsqrt(add(mean, options.epsilon)));
    const move = add(mul(momentum!, options.momentum), increment);
    return { weight: sub(weight, move), slots: [mean, move] };
  },
  keras: ({ rho, momentum, epsilon }) => ({
    className: 'RMSprop',
    options: { rho, momentum, epsilon, centered: false },
  }),
});
