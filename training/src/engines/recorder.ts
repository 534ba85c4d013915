/** Turning functions of tensors into something that runs as one call. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Variable } from './variable.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * A function of tensors that reads and assigns variables. It must not read a tensor's numbers, nor draw random ones but by
 * `uniform`: what it decides while it is recorded is decided for good.
 */
export type TensorFunction = (inputs: Tensors) => Tensors;

export interface Recorded {
  /** @param inputs of the names and shapes of the example; the caller disposes of the results */
  run(name: string, inputs: Tensors): Tensors;
  /** What the variables hold. They are the recording's own: the originals stay as they were when it was made. */
  read(): Float32Array[];
  dispose(): void;
}

/**
 * Records each function by running it once on its example, and puts the variables back to what they held before.
 *
 * @param state every variable that the functions read or assign
 */
export type Recorder = (
  state: readonly Variable[],
  functions: Readonly<Record<string, { example: Tensors; run: TensorFunction }>>,
) => Recorded;
