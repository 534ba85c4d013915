/** What a layer says of its weights: enough to make, train, store and count them. */
import type { Shape } from './layer.ts';
import type { Regularizer } from './regularizer.ts';

/** How the trainer fills a weight before the first step. Glorot's fans are Keras', from the shape alone. */
export type Initializer = 'glorotUniform' | 'zeros' | 'ones';

export interface WeightSpec {
  /** Keras' name within the layer: `kernel`, `bias`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** Changed by gradients. A moving statistic is not: the layer's training pass updates it. */
  readonly trainable: boolean;
  /** Added to the training loss. */
  readonly regularizer?: Regularizer;
}

export function kernelSpec(name: string, shape: Shape, regularizer: Regularizer | null | undefined): WeightSpec {
  return { name, shape, initializer: 'glorotUniform', trainable: true, ...(regularizer ? { regularizer } : {}) };
}

/** @returns one spec, or none for a layer without bias */
export function biasSpec({ useBias }: { useBias: boolean }, units: number): WeightSpec[] {
  return useBias ? [{ name: 'bias', shape: [units], initializer: 'zeros', trainable: true }] : [];
}
