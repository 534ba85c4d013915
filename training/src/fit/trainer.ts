/** The state that training changes, and one step of it. */
import type { Architecture } from '@glimpse/shared/network/architecture';
import type { Weights } from '@glimpse/shared/network/model-file';
import type { InputContract } from '@glimpse/shared/picture/input-contract';
import { normalise } from '@glimpse/shared/picture/tensor';
import {
  argMax,
  dispose,
  equal,
  keep,
  losses,
  oneHot,
  type Scalar,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  tensor1d,
  tidy,
  type Variable,
  variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import '../engines/gradients.ts';
import type { Classes, LabelledPictures, PictureSet } from '../data/picture-set.ts';
import { TrainingError } from '../training-error.ts';
import { compileForward, type DropoutSource, type Forward } from './forward.ts';
import { addBatch, type Metrics, means, noSums } from './metrics.ts';
import { optimizers } from './optimizers/table.ts';
import type { Settings } from './settings.ts';

/** Pictures a forward pass of the validation takes: more does not make it faster, only larger. */
const VALIDATION_BATCH = 500;

/** Tensors by name, read back from the engine: what a checkpoint holds. */
export type SavedTensors = Weights;

export interface BatchResult {
  readonly meanLoss: number;
  readonly correct: number;
  readonly count: number;
}

export class Trainer {
  readonly #architecture: Architecture;
  readonly #input: InputContract;
  readonly #settings: Settings;
  readonly #forward: Forward;
  readonly #weights: Map<string, Variable>;
  /** `<slot>/<weight>` → the optimiser's tensor */
  readonly #slots: Map<string, Variable>;

  /** @param slots the optimiser's state out of a checkpoint; zeros where it is left out */
  constructor(
    architecture: Architecture,
    input: InputContract,
    settings: Settings,
    weights: Weights,
    slots?: SavedTensors,
  ) {
    this.#architecture = architecture;
    this.#input = input;
    this.#settings = settings;
    this.#forward = compileForward(architecture);
    // No names: tfjs keeps variables in one table by name, and two trainers in a process would collide.
    this.#weights = new Map([...weights].map(([name, { shape, values }]) => [name, heldVariable(values, shape)]));
    this.#slots = new Map(
      [...weights].flatMap(([name, { shape, values }]) =>
        optimizers[settings.optimizer].slots.map((slot) => {
          const saved = slots?.get(`${slot}/${name}`)?.values ?? new Float32Array(values.length);
          return [`${slot}/${name}`, heldVariable(saved, shape)] as const;
        }),
      ),
    );
  }

  /**
   * Forward, loss, gradients, update.
   *
   * @throws {TrainingError} `loss-not-finite`; the weights are then those before the step
   */
  step(batch: LabelledPictures, dropout: DropoutSource): BatchResult {
    return tidy(() => {
      let logits: Tensor2D | undefined;
      const { value, grads } = variableGrads(() => {
        logits = keep(this.#forward(this.#pictures(batch), this.#weights, dropout));
        return crossEntropy(logits, batch.classes);
      }, [...this.#weights.values()]);
      try {
        const meanLoss = value.dataSync()[0]!;
        if (!Number.isFinite(meanLoss)) {
          throw new TrainingError('loss-not-finite', `The loss became ${meanLoss} in step ${dropout.step + 1}.`);
        }
        this.#update(grads);
        return { meanLoss, correct: countCorrect(logits!, batch.classes), count: batch.classes.length };
      } finally {
        dispose(logits!);
      }
    });
  }

  /** Loss and accuracy over a whole set, dropout off. */
  evaluate(set: PictureSet): Metrics {
    let sums = noSums;
    for (let from = 0; from < set.count; from += VALIDATION_BATCH) {
      const batch = set.range(from, VALIDATION_BATCH);
      const result = tidy(() => {
        const logits = this.#forward(this.#pictures(batch), this.#weights, undefined);
        return {
          meanLoss: crossEntropy(logits, batch.classes).dataSync()[0]!,
          correct: countCorrect(logits, batch.classes),
          count: batch.classes.length,
        };
      });
      sums = addBatch(sums, result);
    }
    return means(sums);
  }

  /** Copies of the weights, in the architecture's order. */
  weights(): Weights {
    return read(this.#weights);
  }

  /** Copies of the optimiser's state. */
  slots(): SavedTensors {
    return read(this.#slots);
  }

  dispose(): void {
    for (const held of [...this.#weights.values(), ...this.#slots.values()]) held.dispose();
  }

  #pictures({ pixels, classes }: LabelledPictures): Tensor {
    return tensor(normalise(pixels, this.#input), [classes.length, ...this.#architecture.inputShape]);
  }

  #update(gradients: Record<string, Tensor>): void {
    const optimizer = optimizers[this.#settings.optimizer];
    for (const [name, weight] of this.#weights) {
      const slots = optimizer.slots.map((slot) => this.#slots.get(`${slot}/${name}`)!);
      const updated = optimizer.update(weight, gradients[weight.name]!, slots, this.#settings.learningRate);
      weight.assign(updated.weight);
      slots.forEach((slot, index) => {
        slot.assign(updated.slots[index]!);
      });
    }
  }
}

/** A variable of its own: tfjs copies the tensor that it is made from. */
function heldVariable(values: Float32Array, shape: readonly number[]): Variable {
  return tidy(() => variable(tensor(values, [...shape])));
}

/** Mean over the batch, from logits [n, classes]. */
function crossEntropy(logits: Tensor2D, classes: Classes): Scalar {
  const wanted = oneHot(tensor1d(Int32Array.from(classes), 'int32'), logits.shape[1]);
  return losses.softmaxCrossEntropy(wanted, logits) as Scalar;
}

function countCorrect(logits: Tensor2D, classes: Classes): number {
  const right = equal(argMax(logits, 1), tensor1d(Int32Array.from(classes), 'int32'));
  return sum(right).dataSync()[0]!;
}

function read(variables: ReadonlyMap<string, Variable>): Weights {
  return new Map(
    [...variables].map(([name, held]) => [
      name,
      { shape: held.shape, values: (held.dataSync() as Float32Array).slice() },
    ]),
  );
}
