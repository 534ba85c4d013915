/**
 * The interface that each kind of layer implements. A kind is one file in layers/ and one line in the table there. The
 * summary, the trainer and the network runner all use it.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { NetworkError } from './network-error.ts';
import type { WeightSpec } from './weight-spec.ts';

/** Sizes of one image's tensor, without the batch dimension: [height, width, channels] or [units]. */
export type Shape = readonly number[];

export interface LayerKind<Schema extends z.ZodMiniType, Config = z.output<Schema>> {
  /** Keras' class name, as in model.json. */
  readonly className: string;
  /** The configuration, with Keras' option names in camelCase and Keras' defaults. */
  readonly config: Schema;
  /** Has two or more inputs; other kinds have exactly one. */
  readonly merges?: true;
  /** @throws {NetworkError} `network-invalid` when the inputs do not fit the layer */
  outputShape(config: Config, inputs: readonly Shape[]): Shape;
  /** In Keras' order, which is also the order in the model file. */
  weights(config: Config, inputs: readonly Shape[]): WeightSpec[];
  /** Multiplications for one image, without biases, activations and normalization. */
  multiplyAdds(config: Config, inputs: readonly Shape[]): number;
  /**
   * The forward pass at inference: tensors [batch, ...input] → [batch, ...output]. The caller disposes intermediate
   * tensors. All its operations have gradients, so the trainer uses it too.
   */
  apply(config: Config, inputs: readonly Tensor[], weights: readonly Tensor[]): Tensor;
}

/** The activations of Keras that the runner supports. */
export const activationSchema = z.enum(['linear', 'relu', 'softmax', 'sigmoid']);
export type Activation = z.infer<typeof activationSchema>;

export const layerName = z.string().check(z.minLength(1), z.maxLength(128));

const positive = z.int().check(z.positive());
export const units = positive;

/** Keras accepts `3` for `[3, 3]`. */
export const sizePair = z.pipe(
  z.union([positive, z.tuple([positive, positive])]),
  z.transform((size): [number, number] => (typeof size === 'number' ? [size, size] : size)),
);

export const padding = z.enum(['valid', 'same']);
export const channelsLast = z._default(z.literal('channels_last'), 'channels_last');

/** Dilated convolutions are not supported. */
export const noDilation = z._default(
  sizePair.check(z.refine((rates) => rates.every((rate) => rate === 1), { message: 'dilation is not supported' })),
  [1, 1],
);

/** @throws {NetworkError} `network-invalid` if the shape is not an image's */
export function imageShape(name: string, input: Shape): [height: number, width: number, channels: number] {
  if (input.length !== 3) {
    throw new NetworkError('network-invalid', `${name} needs an input of [height, width, channels], not [${input}]`);
  }
  return input as [number, number, number];
}
