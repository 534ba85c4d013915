/** Activations: on their own, and on the way out of another operation. */
import { relu, sigmoid, softmax, type Tensor } from '@tensorflow/tfjs-core';
import type { Activation } from './layer.ts';

const functions: Record<Activation, (x: Tensor) => Tensor> = { linear: (x) => x, relu, sigmoid, softmax };

export function activate(activation: Activation, x: Tensor): Tensor {
  return functions[activation](x);
}

/**
 * @param run an operation of tfjs' `fused`, which computes the activation that it is given in the same pass. Softmax works
 * along an axis, so no such operation has it.
 */
export function activateFused(
  activation: Activation,
  run: (activation: Exclude<Activation, 'softmax'>) => Tensor,
): Tensor {
  return activation === 'softmax' ? softmax(run('linear')) : run(activation);
}
