/**
 * What the project knows about a kind of layer. Each kind is one file in layers/ and one line in the table there; the
 * summary, the trainer and the network runner all read it from here.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';

/** Sizes of one picture's tensor, without the batch dimension: [height, width, channels] or [units]. */
export type Shape = readonly number[];

/** How the trainer fills a weight before the first step. */
export type Initializer = 'glorotUniform' | 'zeros';

export interface WeightSpec {
  /** Keras' name within the layer: `kernel`, `bias`. */
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
}

export interface LayerKind<Schema extends z.ZodMiniType, Config = z.output<Schema>> {
  /** Keras' class name, as it stands in a model.json. */
  readonly className: string;
  /** The configuration with Keras' names in camelCase and Keras' defaults. */
  readonly config: Schema;
  /** @throws {NetworkError} `network-invalid` when the input does not fit the layer */
  outputShape(config: Config, input: Shape): Shape;
  /** In Keras' order, which is the order of the model file. */
  weights(config: Config, input: Shape): WeightSpec[];
  /** Multiplications of one picture, biases and activations left out. */
  multiplyAdds(config: Config, input: Shape): number;
  /**
   * The forward pass at inference: [batch, ...input] → [batch, ...output]. The caller owns tidying. Every op in it has a
   * gradient, so the trainer calls it too.
   */
  apply(config: Config, x: Tensor, weights: readonly Tensor[]): Tensor;
}

/** Keras' activations that the runner executes. */
export const activationSchema = z.enum(['linear', 'relu', 'softmax', 'sigmoid']);
export type Activation = z.infer<typeof activationSchema>;

export const layerName = z.string().check(z.minLength(1), z.maxLength(128));

const positive = z.int().check(z.positive());
export const units = positive;

/** Keras takes `3` for `[3, 3]`. */
export const sizePair = z.pipe(
  z.union([positive, z.tuple([positive, positive])]),
  z.transform((size): [number, number] => (typeof size === 'number' ? [size, size] : size)),
);

export const padding = z.enum(['valid', 'same']);
