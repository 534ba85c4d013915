/** Activation functions, alone or fused into another operation. */
import { relu, sigmoid, softmax, type Tensor } from '@tensorflow/tfjs-core';
import type { Activation } from './layer.ts';

const functions: Record<Activation, (x: Tensor) => Tensor> = { linear: (x) => x, relu, sigmoid, softmax };

export function activate(activation: Activation, x: Tensor): Tensor {
  return functions[activation](x);
}

/**
 * @param run one of tfjs' `fused` operations, which compute the activation in the same pass. None of them supports softmax,
 * which works along an axis.
 */
export function activateFused(
  activation: Activation,
  run: (activation: Exclude<Activation, 'softmax'>) => Tensor,
): Tensor {
  return activation === 'softmax' ? softmax(run('linear')) : run(activation);
}
