/** What decides a run's result, besides the architecture, the data and the engine. */
import * as z from 'zod/mini';
import { optimizers } from './optimizers/table.ts';

const optimizerNames = Object.keys(optimizers) as [keyof typeof optimizers];

export const settingsSchema = z.object({
  epochs: z._default(z.int().check(z.gte(1), z.lte(100_000)), 10),
  /** Pictures a step; the last batch of an epoch may be smaller and is trained too. */
  batchSize: z._default(z.int().check(z.gte(1), z.lte(65_536)), 128),
  optimizer: z._default(z.enum(optimizerNames), 'rmsprop'),
  learningRate: z._default(z.number().check(z.positive()), 0.001),
  seed: z._default(z.int().check(z.gte(0), z.lte(2 ** 32 - 1)), 1),
});

export type Settings = z.infer<typeof settingsSchema>;
