/** Compiles functions of tensors into graphs that run as one call. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Variable } from './variable.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * A function of tensors that reads and assigns variables. It must not read the values of a tensor, and may draw random
 * numbers only with `uniform`: everything else that it computes in JavaScript is fixed when it is recorded.
 */
export type TensorFunction = (inputs: Tensors) => Tensors;

export interface Recorded {
  /** @param inputs have the names and shapes of the example; the caller disposes of the results */
  run(name: string, inputs: Tensors): Tensors;
  /** The values of the recording's own variables. The original variables keep the values they had when it was made. */
  read(): Float32Array[];
  dispose(): void;
}

/**
 * Records each function by running it once on its example, then restores the variables.
 *
 * @param state every variable that the functions read or assign
 */
export type Recorder = (
  state: readonly Variable[],
  functions: Readonly<Record<string, { example: Tensors; run: TensorFunction }>>,
) => Recorded;
