/** Gradient clipping, with Keras' three rules. */
import { addN, clipByValue, div, maximum, mul, sqrt, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Settings } from './settings.ts';

type Gradients = ReadonlyMap<string, Tensor>;

/** @returns the gradients by the same names */
export function clip(gradients: Gradients, { norm, globalNorm, value }: Settings['clipping']): Gradients {
  let clipped = gradients;
  if (norm !== undefined) clipped = each(clipped, (gradient) => scaleTo(gradient, lengthOf([gradient]), norm));
  if (globalNorm !== undefined) {
    const length = lengthOf([...clipped.values()]);
    clipped = each(clipped, (gradient) => scaleTo(gradient, length, globalNorm));
  }
  if (value !== undefined) clipped = each(clipped, (gradient) => clipByValue(gradient, -value, value));
  return clipped;
}

function each(gradients: Gradients, change: (gradient: Tensor) => Tensor): Gradients {
  return new Map([...gradients].map(([name, gradient]) => [name, change(gradient)]));
}

/** Leaves what is short enough as it is. */
function scaleTo(gradient: Tensor, length: Tensor, longest: number): Tensor {
  return div(mul(gradient, longest), maximum(length, longest));
}

/** Euclidean, over all numbers. */
function lengthOf(gradients: readonly Tensor[]): Tensor {
  // One sum of many, not many of two, into which TensorFlow would gather them in a graph, adding in another order.
  return sqrt(addN(gradients.map((gradient) => sum(square(gradient)))));
}
