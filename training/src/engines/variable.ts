/** The mutable state of training. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** A tensor that outlives a step and that a step may assign. */
export interface Variable {
  readonly shape: readonly number[];
  /** The caller disposes of the tensor. */
  read(): Tensor;
  /** The caller still owns `value`. */
  assign(value: Tensor): void;
  /** @returns a copy */
  values(): Float32Array;
  restore(values: Float32Array): void;
  dispose(): void;
}
