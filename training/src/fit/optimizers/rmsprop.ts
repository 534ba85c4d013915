/** RMSprop (Tieleman and Hinton 2012). Keras: `RMSprop`. */
import { add, mul, rsqrt, square, sub } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { decay, epsilon, learningRate, type Optimizer } from './optimizer.ts';

export const rmspropOptions = z.strictObject({
  name: z.literal('rmsprop'),
  learningRate: learningRate(0.001),
  rho: decay(0.9),
  momentum: decay(0),
  epsilon,
});

export const rmsprop: Optimizer<z.output<typeof rmspropOptions>> = {
  slots: () => ['velocity', 'momentum'],
  update(weight, gradient, [velocity, momentum], { learningRate }, options) {
    const mean = add(mul(velocity!, options.rho), mul(square(gradient), 1 - options.rho));
    const increment = mul(mul(gradient, learningRate), rsqrt(add(mean, options.epsilon)));
    const move = add(mul(momentum!, options.momentum), increment);
    return { weight: sub(weight, move), slots: [mean, move] };
  },
};
