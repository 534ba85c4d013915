/** RMSprop (Tieleman and Hinton 2012), with Keras' formula and defaults: rho 0.9, epsilon 1e-7, no momentum. */
import { add, mul, rsqrt, square, sub } from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

const RHO = 0.9;
const EPSILON = 1e-7;

export const rmsprop: Optimizer = {
  slots: ['velocity'],
  update(weight, gradient, [velocity], learningRate) {
    const mean = add(mul(velocity!, RHO), mul(square(gradient), 1 - RHO));
    const increment = mul(mul(gradient, learningRate), rsqrt(add(mean, EPSILON)));
    return { weight: sub(weight, increment), slots: [mean] };
  },
};
