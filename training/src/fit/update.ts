/** Moves the weights by their gradients, as the settings' optimizer does. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TrainingKernels } from '../engines/training-kernels.ts';
import type { Variable } from '../engines/variable.ts';
import type { StepNumbers } from './optimizers/optimizer.ts';
import { type OptimizerOptions, optimizerOf } from './optimizers/table.ts';

/** The tensors that change. */
export interface TrainedState {
  /** All of the architecture's weights, by name. */
  readonly weights: ReadonlyMap<string, Variable>;
  /** The optimizer's, `<slot>/<weight>`. */
  readonly slots: ReadonlyMap<string, Variable>;
}

/** By the engine's own operation where it has one for the optimizer. */
export function update(
  { weights, slots }: TrainedState,
  gradients: ReadonlyMap<string, Tensor>,
  numbers: StepNumbers,
  options: OptimizerOptions,
  kernels: TrainingKernels,
): void {
  const optimizer = optimizerOf(options);
  const fused = kernels.fusedUpdates[options.name];
  for (const [name, gradient] of gradients) {
    const weight = weights.get(name)!;
    const own = optimizer.slots(options).map((slot) => slots.get(`${slot}/${name}`)!);
    if (fused) {
      fused(weight, own, gradient, { ...numbers }, options);
    } else {
      const values = own.map((slot) => slot.read());
      const updated = optimizer.update(weight.read(), gradient, values, numbers, options);
      weight.assign(updated.weight);
      own.forEach((slot, index) => {
        slot.assign(updated.slots[index]!);
      });
    }
  }
}

/** What the step `step` (from 0) hands to an optimizer. */
export function stepNumbers(
  options: OptimizerOptions,
  step: number,
  learningRateFactor: number,
): Record<keyof StepNumbers, number> {
  // TensorFlow and Keras raise the float32 that a beta is there.
  const power = (beta: number) => Math.fround(beta) ** (step + 1);
  return {
    learningRate: options.learningRate * learningRateFactor,
    beta1Power: power('beta1' in options ? options.beta1 : 0),
    beta2Power: power('beta2' in options ? options.beta2 : 0),
  };
}
