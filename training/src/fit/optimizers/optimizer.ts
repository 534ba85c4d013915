/** What an optimizer is: its options with Keras' names and defaults, the state that it keeps, and its formula. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';

/** Numbers that change from step to step, as scalars. */
export interface StepNumbers {
  readonly learningRate: Tensor;
  /** beta ** t in step t (from 1), for optimizers that correct the bias of their first steps. */
  readonly beta1Power: Tensor;
  readonly beta2Power: Tensor;
}

export interface Optimizer<Options> {
  /** Names of the tensors that it keeps for each weight, all of the weight's shape, zero before the first step. */
  slots(options: Options): readonly string[];
  /** @returns the new weight and the new slots, in the order of `slots`; the caller tidies */
  update(
    weight: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    numbers: StepNumbers,
    options: Options,
  ): { readonly weight: Tensor; readonly slots: readonly Tensor[] };
}

/** At the start; a schedule may change it from there. */
export const learningRate = (byDefault: number) => z._default(z.number().check(z.positive()), byDefault);
/** A share that is kept from step to step. */
export const decay = (byDefault: number) => z._default(z.number().check(z.gte(0), z.lt(1)), byDefault);
export const epsilon = z._default(z.number().check(z.positive()), 1e-7);
