/** Gradient clipping, with Keras' three rules. */
import { addN, clipByValue, div, maximum, mul, sqrt, square, sum, type Tensor } from '@tensorflow/tfjs-core';
import type { Settings } from './settings.ts';

type Gradients = ReadonlyMap<string, Tensor>;

/** @returns the gradients by the same names */
export function clip(gradients: Gradients, { norm, globalNorm, value }: Settings['clipping']): Gradients {
  let clipped = gradients;
  if (norm !== undefined) clipped = each(clipped, (gradient) => scaleTo(gradient, normOf([gradient]), norm));
  if (globalNorm !== undefined) {
    const length = normOf([...clipped.values()]);
    clipped = each(clipped, (gradient) => scaleTo(gradient, length, globalNorm));
  }
  if (value !== undefined) clipped = each(clipped, (gradient) => clipByValue(gradient, -value, value));
  return clipped;
}

function each(gradients: Gradients, change: (gradient: Tensor) => Tensor): Gradients {
  return new Map([...gradients].map(([name, gradient]) => [name, change(gradient)]));
}

/** Gradients within the norm are unchanged. */
function scaleTo(gradient: Tensor, length: Tensor, maxNorm: number): Tensor {
  return div(mul(gradient, maxNorm), maximum(length, maxNorm));
}

/** The Euclidean norm over all values. */
function normOf(gradients: readonly Tensor[]): Tensor {
  // One addN rather than many adds: TensorFlow would merge those in a graph and add in another order.
  return sqrt(addN(gradients.map((gradient) => sum(square(gradient)))));
}
