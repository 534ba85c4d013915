/** An optimizer: its options with Keras' defaults, the state that it keeps per weight, its formula, and its Keras class. */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { optionInfo } from '../setting-options.ts';

/** Scalars that change from step to step. */
export interface StepNumbers {
  readonly learningRate: Tensor;
  /** beta1 ** t in step t (from 1), for optimizers that correct the bias of their first steps. */
  readonly beta1Power: Tensor;
  readonly beta2Power: Tensor;
}

/** A class of `keras.optimizers`, with options that Keras 2.15 and 3.15 both accept: each rejects unknown ones. */
export interface KerasOptimizer {
  readonly className: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Optimizer<Schema extends z.ZodMiniObject> {
  /** `name` is a literal: it selects the optimizer. */
  readonly options: Schema;
  /** Names of the tensors that it keeps for each weight. Each has the weight's shape and is zero before the first step. */
  slots(options: z.output<Schema>): readonly string[];
  /** @returns the new weight and the new slots, in the order of `slots`; the caller tidies */
  update(
    weight: Tensor,
    gradient: Tensor,
    slots: readonly Tensor[],
    numbers: StepNumbers,
    options: z.output<Schema>,
  ): { readonly weight: Tensor; readonly slots: readonly Tensor[] };
  /** For exported models. The learning rate is added by the caller. */
  keras(options: z.output<Schema>): KerasOptimizer;
}

/** Infers the type of the options from the schema. */
export function defineOptimizer<Schema extends z.ZodMiniObject>(optimizer: Optimizer<Schema>): Optimizer<Schema> {
  return optimizer;
}

/** The initial rate, which a schedule may change. */
export const learningRate = (byDefault: number) =>
  z._default(z.number().check(z.positive()), byDefault).register(optionInfo, {
    flag: '--learning-rate <x>',
    help: 'initial learning rate',
    defaultText: "the optimizer's",
  });
/** The share that is kept from step to step. */
export const decay = (byDefault: number) => z._default(z.number().check(z.gte(0), z.lt(1)), byDefault);
export const epsilon = z._default(z.number().check(z.positive()), 1e-7);
