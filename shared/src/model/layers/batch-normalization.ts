/**
 * gamma * (x - mean) / sqrt(variance + epsilon) + beta for each channel (Ioffe and Szegedy 2015). The trainer uses the
 * batch's statistics; inference, here, uses their moving averages. Keras: `BatchNormalization`.
 */
import { batchNorm, type Tensor, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { type LayerKind, layerName, type Shape } from '../network/layer.ts';
import { NetworkError } from '../network/network-error.ts';
import type { WeightSpec } from '../network/weight-spec.ts';

const config = z.object({
  name: layerName,
  /** The channel axis: -1, or its index including the batch axis. Keras may write it as a list of one. */
  axis: z._default(
    z.pipe(
      z.union([z.int(), z.tuple([z.int()])]),
      z.transform((axis) => (typeof axis === 'number' ? axis : axis[0])),
    ),
    -1,
  ),
  /** Fraction of the moving statistics that a training step keeps. */
  momentum: z._default(z.number().check(z.gte(0), z.lte(1)), 0.99),
  epsilon: z._default(z.number().check(z.positive()), 0.001),
  /** Whether it has a beta. */
  center: z._default(z.boolean(), true),
  /** Whether it has a gamma. */
  scale: z._default(z.boolean(), true),
  /** Batch renormalization is not supported. Keras 3 writes `false`. */
  renorm: z.optional(z.literal(false)),
});
export type BatchNormalizationConfig = z.output<typeof config>;

export const batchNormalization: LayerKind<typeof config> = {
  className: 'BatchNormalization',
  config,
  outputShape(c, [input]) {
    channels(c, input!);
    return input!;
  },
  weights(c, [input]) {
    const shape = [channels(c, input!)];
    const gamma: WeightSpec = { name: 'gamma', shape, initializer: 'ones', trainable: true };
    const beta: WeightSpec = { name: 'beta', shape, initializer: 'zeros', trainable: true };
    return [
      ...(c.scale ? [gamma] : []),
      ...(c.center ? [beta] : []),
      { name: 'moving_mean', shape, initializer: 'zeros', trainable: false },
      { name: 'moving_variance', shape, initializer: 'ones', trainable: false },
    ];
  },
  multiplyAdds: () => 0,
  apply(c, [x], weights) {
    const { gamma, beta, mean, variance } = batchNormalizationWeights<Tensor>(c, weights);
    const [m, v, b, g] = [mean, variance, beta, gamma] as Tensor1D[];
    return batchNorm(x as Tensor4D, m!, v!, b, g, c.epsilon);
  },
};

/** Assigns the weights to their names; gamma and beta may be absent. */
export function batchNormalizationWeights<Weight>(
  { scale, center }: BatchNormalizationConfig,
  weights: readonly Weight[],
): { gamma: Weight | undefined; beta: Weight | undefined; mean: Weight; variance: Weight } {
  const [mean, variance] = weights.slice(-2) as [Weight, Weight];
  return { gamma: scale ? weights[0] : undefined, beta: center ? weights.at(-3) : undefined, mean, variance };
}

function channels(c: BatchNormalizationConfig, input: Shape): number {
  if (c.axis !== -1 && c.axis !== input.length) {
    throw new NetworkError('network-unsupported', `${c.name}: axis ${c.axis} of [${input}] is not the channel axis`);
  }
  return input.at(-1)!;
}
