/** The weights and the optimizer's state, updated one step at a time. If the engine can, it records the step. */
import { elements } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { dispose, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import type { Classes, ImageSet } from '../data/image-set.ts';
import type { TensorFunction, Tensors } from '../engines/recorder.ts';
import type { Variable } from '../engines/variable.ts';
import { TrainingError } from '../training-error.ts';
import { addBatch, type Metrics, means, noSums } from './metrics.ts';
import { optimizerOf } from './optimizers/table.ts';
import { Recordings } from './recordings.ts';
import { type StepContext, StepFunctions } from './step.ts';
import { stepNumbers } from './update.ts';

/** Images per forward pass of the validation. More needs more memory and is not faster. */
export const VALIDATION_BATCH_SIZE = 500;

/** Tensors by name, as stored in a checkpoint. */
export type SavedTensors = Weights;

export interface Batch {
  /** [n, ...input]: bytes, which are normalized by the input contract, or floats, which are not. */
  readonly pixels: Uint8Array | Float32Array;
  readonly classes: Classes;
}

export interface BatchMetrics {
  readonly meanLoss: number;
  readonly correct: number;
  readonly count: number;
}

export interface TrainerOptions extends StepContext {
  readonly weights: Weights;
  /** The optimizer's state from a checkpoint. Default: zeros. */
  readonly slots?: SavedTensors;
  /** The weight of each class in the training loss. Default: 1. */
  readonly classWeights?: readonly number[];
  /** Runs one operation at a time, so that a debugger can stop between them. The results are the same. */
  readonly eager?: boolean;
}

/** @param what went wrong */
export function notFinite(what: string): TrainingError {
  return new TrainingError(
    'loss-not-finite',
    `${what}. The last checkpoint is valid. Train again with a lower --learning-rate or with clipped gradients ("clipping" in a recipe).`,
  );
}

export class Trainer {
  readonly #options: TrainerOptions;
  readonly #stepFunctions: StepFunctions;
  readonly #weights: ReadonlyMap<string, Variable>;
  /** `<slot>/<weight>` → the optimizer's tensor */
  readonly #slots: ReadonlyMap<string, Variable>;
  readonly #functions: Readonly<Record<'train' | 'validate', TensorFunction>>;
  readonly #recordings: Recordings | undefined;

  constructor(options: TrainerOptions) {
    const { kernels, weights, slots, settings } = options;
    this.#options = options;
    this.#stepFunctions = new StepFunctions(options);
    this.#weights = new Map([...weights].map(([name, { values, shape }]) => [name, kernels.variable(values, shape)]));
    this.#slots = new Map(
      this.#stepFunctions.trainable.flatMap((name) =>
        optimizerOf(settings.optimizer)
          .slots(settings.optimizer)
          .map((slot) => {
            const { shape, values } = weights.get(name)!;
            const saved = slots?.get(`${slot}/${name}`)?.values ?? new Float32Array(values.length);
            return [`${slot}/${name}`, kernels.variable(saved, shape)] as const;
          }),
      ),
    );
    this.#functions = {
      train: this.#stepFunctions.train({ weights: this.#weights, slots: this.#slots }),
      validate: this.#stepFunctions.validate(this.#weights),
    };
    if (kernels.record && !options.eager) {
      this.#recordings = new Recordings(kernels.record, [...this.#weights.values(), ...this.#slots.values()]);
    }
  }

  /**
   * Runs one training step: forward pass, loss, gradients and update.
   *
   * @param step index since the start of the run, from 0
   * @param learningRateFactor the schedule's factor for the optimizer's rate
   * @throws {TrainingError} `loss-not-finite`
   */
  step(batch: Batch, step: number, learningRateFactor = 1): BatchMetrics {
    const result = this.#run('train', this.#trainInputs(batch, step, learningRateFactor));
    if (!Number.isFinite(result.meanLoss)) {
      throw notFinite(`The loss became ${result.meanLoss} in step ${step + 1}`);
    }
    return result;
  }

  /** Loss and accuracy over a whole set, without dropout. */
  evaluate(set: ImageSet): Metrics {
    let sums = noSums;
    for (let from = 0; from < set.count; from += VALIDATION_BATCH_SIZE) {
      sums = addBatch(sums, this.#run('validate', this.#upload(set.range(from, VALIDATION_BATCH_SIZE))));
    }
    return means(sums);
  }

  /** Copies of the weights, in the architecture's order. */
  weights(): Weights {
    return this.#read(this.#weights, 0);
  }

  /** Copies of the optimizer's state. */
  slots(): SavedTensors {
    return this.#read(this.#slots, this.#weights.size);
  }

  dispose(): void {
    this.#recordings?.dispose();
    for (const held of [...this.#weights.values(), ...this.#slots.values()]) held.dispose();
  }

  /** Prepares the engine for these batch sizes. Functions that are added together are recorded together. */
  prepare(sizes: { readonly train: readonly number[]; readonly validate: readonly number[] }): void {
    if (!this.#recordings) return;
    const { architecture } = this.#options;
    const batchOf = (count: number): Batch => ({
      pixels: new Uint8Array(count * elements(architecture.inputShape)),
      classes: new Uint8Array(count),
    });
    const { train, validate } = this.#functions;
    for (const size of sizes.train) {
      this.#recordings.add(`train_${size}`, this.#trainInputs(batchOf(size), 0, 1), train);
    }
    for (const size of sizes.validate) {
      this.#recordings.add(`validate_${size}`, this.#upload(batchOf(size)), validate);
    }
  }

  #trainInputs(batch: Batch, step: number, learningRateFactor: number): Record<string, Tensor> {
    const { classWeights, settings } = this.#options;
    const numbers = stepNumbers(settings.optimizer, step, learningRateFactor);
    return {
      ...this.#upload(batch),
      weights: tensor(Float32Array.from(batch.classes, (index) => classWeights?.[index] ?? 1)),
      key: tensor(Int32Array.of(settings.seed | 0, step), [2], 'int32'),
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, tensor(value, [], 'float32')])),
    };
  }

  #upload({ pixels, classes }: Batch): { images: Tensor; classes: Tensor } {
    const { architecture, kernels } = this.#options;
    return {
      images: kernels.upload(pixels, [classes.length, ...architecture.inputShape]),
      classes: tensor(Int32Array.from(classes), [classes.length], 'int32'),
    };
  }

  #run(name: 'train' | 'validate', inputs: Record<string, Tensor>): BatchMetrics {
    const results = this.#recordings
      ? this.#runRecorded(this.#recordings, name, inputs)
      : tidy(() => this.#functions[name](inputs) as Record<string, Tensor>);
    const meanLoss = results.loss!.dataSync()[0]!;
    const correct = results.correct!.dataSync()[0]!;
    const count = inputs.classes!.shape[0]!;
    dispose([...Object.values(results), ...Object.values(inputs)]);
    return { meanLoss, correct, count };
  }

  #runRecorded(recordings: Recordings, name: 'train' | 'validate', inputs: Record<string, Tensor>): Tensors {
    const sized = `${name}_${inputs.classes!.shape[0]}`;
    if (!recordings.has(sized)) {
      const example = Object.fromEntries(Object.entries(inputs).map(([input, fed]) => [input, fed.clone()]));
      recordings.add(sized, example, this.#functions[name]);
    }
    return recordings.run(sized, inputs);
  }

  /** @param from index of the first of these among all variables */
  #read(variables: ReadonlyMap<string, Variable>, from: number): Weights {
    const values = this.#recordings?.read()?.slice(from, from + variables.size);
    return new Map(
      [...variables].map(([name, variable], index) => [
        name,
        { shape: variable.shape, values: values?.[index] ?? variable.values() },
      ]),
    );
  }
}
