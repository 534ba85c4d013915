/** Every optimiser by its name on the command line. A new one is one file here and one line in this table. */
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';

export const optimizers = { rmsprop } satisfies Record<string, Optimizer>;
