/** Every optimizer by its name. A new one is one file here and one row of the table. */
import * as z from 'zod/mini';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

export const optimizers = {
  rmsprop,
  sgd,
  adam,
  adamw,
};

type Schema = (typeof optimizers)[keyof typeof optimizers]['options'];

export const optimizerSchema = z.discriminatedUnion(
  'name',
  Object.values(optimizers).map(({ options }) => options) as unknown as readonly [Schema, ...Schema[]],
);

export type OptimizerOptions = z.output<typeof optimizerSchema>;

/** The optimizer that the options name. The compiler knows it only as one that accepts any optimizer's options. */
export function optimizerOf(options: OptimizerOptions): Optimizer<z.ZodMiniObject> {
  return optimizers[options.name] as unknown as Optimizer<z.ZodMiniObject>;
}
