/** The weights of a layer: enough to create, train, store and count them. */
import * as z from 'zod/mini';
import type { Shape } from './layer.ts';

/** How the trainer fills a weight before the first step. Glorot's fan-in and fan-out follow from the shape, as in Keras. */
export type Initializer = 'glorotUniform' | 'zeros' | 'ones';

export interface WeightSpec {
  /** Keras' name within the layer, e.g. `kernel` or `bias`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** Whether gradients update it. Moving statistics are updated by the layer's training pass instead. */
  readonly trainable: boolean;
  /** Added to the training loss. */
  readonly regularizer?: Regularizer;
}

export function kernelSpec(name: string, shape: Shape, regularizer: Regularizer | null | undefined): WeightSpec {
  return { name, shape, initializer: 'glorotUniform', trainable: true, ...(regularizer ? { regularizer } : {}) };
}

/** @returns empty for a layer without bias */
export function biasSpec({ useBias }: { useBias: boolean }, units: number): WeightSpec[] {
  return useBias ? [{ name: 'bias', shape: [units], initializer: 'zeros', trainable: true }] : [];
}

/**
 * Penalties on the size of weights: l1 * Σ|w| + l2 * Σw², added to the loss in training only. Keras: `regularizers`.
 */
const strength = z._default(z.number().check(z.gte(0)), 0);
const plain = z.strictObject({ l1: strength, l2: strength });

/** The JSON of Keras 2 and tfjs; Keras 3 adds a module and a registered name. */
const keras = z.pipe(
  z.object({ class_name: z.enum(['L1L2', 'L1', 'L2']), config: z.object({ l1: strength, l2: strength }) }),
  z.transform(({ config }) => config),
);

export const regularizerSchema = z.optional(z.nullable(z.union([plain, keras])));
export type Regularizer = z.output<typeof plain>;

/** The form in a layer's configuration in model.json. */
export function regularizerJson({ l1, l2 }: Regularizer): object {
  return { class_name: 'L1L2', config: { l1, l2 } };
}

/** Keras' functions with Keras' default strength. */
export const regularizers = {
  l1: (l1 = 0.01): Regularizer => ({ l1, l2: 0 }),
  l2: (l2 = 0.01): Regularizer => ({ l1: 0, l2 }),
  l1l2: ({ l1 = 0.01, l2 = 0.01 } = {}): Regularizer => ({ l1, l2 }),
};
