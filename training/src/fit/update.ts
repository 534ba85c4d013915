/** Updates the weights from their gradients with the settings' optimizer. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TrainingKernels } from '../engines/training-kernels.ts';
import type { Variable } from '../engines/variable.ts';
import type { StepNumbers } from './optimizers/optimizer.ts';
import { type OptimizerOptions, optimizerOf } from './optimizers/table.ts';

/** The tensors that training changes. */
export interface TrainedState {
  /** All of the architecture's weights, by name. */
  readonly weights: ReadonlyMap<string, Variable>;
  /** The optimizer's, `<slot>/<weight>`. */
  readonly slots: ReadonlyMap<string, Variable>;
}

/** Uses the engine's own operation if it has one for the optimizer. */
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

/** The scalars of the step `step` (from 0). */
export function stepNumbers(
  options: OptimizerOptions,
  step: number,
  learningRateFactor: number,
): Record<keyof StepNumbers, number> {
  // TensorFlow and Keras compute powers of the float32 beta.
  const power = (beta: number) => Math.fround(beta) ** (step + 1);
  return {
    learningRate: options.learningRate * learningRateFactor,
    beta1Power: power('beta1' in options ? options.beta1 : 0),
    beta2Power: power('beta2' in options ? options.beta2 : 0),
  };
}
