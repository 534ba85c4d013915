/**
 * A recording fits one batch size, and a run has several: full batches and a shorter last one, in training and validation.
 * They share the variables, so they are recorded together, and again when a new size occurs.
 */
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import type { Recorded, Recorder, TensorFunction, Tensors } from '../engines/recorder.ts';
import type { Variable } from '../engines/variable.ts';

export class Recordings {
  readonly #record: Recorder;
  readonly #state: readonly Variable[];
  readonly #functions = new Map<string, { example: Tensors; run: TensorFunction }>();
  #recorded: Recorded | undefined;

  constructor(record: Recorder, state: readonly Variable[]) {
    this.#record = record;
    this.#state = state;
  }

  /** Adds a function to the next recording. @param example disposed of with the recordings */
  add(name: string, example: Tensors, run: TensorFunction): void {
    this.#keepState();
    this.#functions.set(name, { example, run });
  }

  has(name: string): boolean {
    return this.#functions.has(name);
  }

  run(name: string, inputs: Tensors): Tensors {
    this.#recorded ??= this.#record(this.#state, Object.fromEntries(this.#functions));
    return this.#recorded.run(name, inputs);
  }

  /** The values of the variables; undefined if nothing has run yet, so that the originals are current. */
  read(): Float32Array[] | undefined {
    return this.#recorded?.read();
  }

  dispose(): void {
    this.#recorded?.dispose();
    for (const { example } of this.#functions.values()) dispose(example as Record<string, Tensor>);
  }

  /** Ends the current recording and copies its values back into the original variables. */
  #keepState(): void {
    this.#recorded?.read().forEach((values, index) => {
      this.#state[index]!.restore(values);
    });
    this.#recorded?.dispose();
    this.#recorded = undefined;
  }
}
