import type { Tensor } from '@tensorflow/tfjs-core';

/** A rule that moves a weight by its gradient. Plain functions of tensors, so that a checkpoint can hold all the state. */
export interface Optimizer {
  /** Names of the tensors that the rule keeps for each weight, all of the weight's shape, zero before the first step. */
  readonly slots: readonly string[];
  /** @returns the new weight and the new slots, in the order of `slots`; the caller tidies. */
  update(
    weight: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    learningRate: number,
  ): {
    weight: Tensor;
    slots: readonly Tensor[];
  };
}
