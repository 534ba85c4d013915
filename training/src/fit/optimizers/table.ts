/** Every optimizer by its name. A new one is one file here and one line in each of the two tables. */
import * as z from 'zod/mini';
import { adam, adamOptions } from './adam.ts';
import { adamw, adamwOptions } from './adamw.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop, rmspropOptions } from './rmsprop.ts';
import { sgd, sgdOptions } from './sgd.ts';

export const optimizerSchema = z.discriminatedUnion('name', [rmspropOptions, sgdOptions, adamOptions, adamwOptions]);

export type OptimizerOptions = z.output<typeof optimizerSchema>;
export type OptimizerName = OptimizerOptions['name'];

export const optimizers = { rmsprop, sgd, adam, adamw };

/** The optimizer that the options name, with its type parameter forgotten. */
export function optimizerOf(options: OptimizerOptions): Optimizer<OptimizerOptions> {
  return optimizers[options.name] as unknown as Optimizer<OptimizerOptions>;
}
