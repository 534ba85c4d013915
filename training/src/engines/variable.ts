/** What training changes, as an engine holds it. */
import type { Tensor } from '@tensorflow/tfjs-core';

/** A tensor that outlives the step, and that a step may change. */
export interface Variable {
  readonly shape: readonly number[];
  /** The caller disposes of it (or tidies). */
  read(): Tensor;
  /** The caller keeps the value. */
  assign(value: Tensor): void;
  /** A copy. */
  values(): Float32Array;
  restore(values: Float32Array): void;
  dispose(): void;
}
