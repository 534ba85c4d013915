/**
 * Batch normalization at inference scales and shifts each channel by constants, which can be folded into the kernel and the
 * bias of the layer before it (Jacob et al. 2018, section 3.2; Krishnamoorthi 2018, section 3.1.4).
 */

import { type BatchNormalizationConfig, batchNormalizationWeights } from '../layers/batch-normalization.ts';
import { depthwiseConv2d } from '../layers/depthwise-conv2d.ts';
import type { Layer } from '../layers/table.ts';
import { absorb, hasLinearKernel, type LayerWithKernel, type Plan, type PlanStep, type PlanWeight } from './fuse.ts';

/** One factor and one offset per channel, in double precision. */
interface ScaleAndShift {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/** Folds each normalization into a convolution or dense layer without activation before it, if it is its only reader. */
export function foldBatchNormalization(plan: Plan): Plan {
  return absorb(plan, (before, { layer, weights }) => {
    if (layer.className !== 'BatchNormalization' || !hasLinearKernel(before.layer)) return undefined;
    return scaled(before, before.layer, scaleAndShift(layer.config, weights));
  });
}

/**
 * Turns the remaining normalizations of images into depthwise 1x1 convolutions, into which an activation can be fused. Each is
 * one call of XNNPACK: on WASM a tenth of the time of tfjs' batch normalization. Vectors are too small to matter.
 *
 * @param rank rank of a layer's output: 3 for an image
 */
export function normalizeByConvolution(plan: Plan, rank: (name: string) => number): Plan {
  return {
    ...plan,
    steps: plan.steps.map((step) => {
      const { layer, weights } = step;
      if (layer.className !== 'BatchNormalization' || rank(layer.config.name) !== 3) return step;
      const { scale, shift } = scaleAndShift(layer.config, weights);
      const config = { name: layer.config.name, kernelSize: 1 };
      return {
        ...step,
        layer: { className: 'DepthwiseConv2D', config: depthwiseConv2d.config.parse(config) },
        weights: [
          { shape: [1, 1, scale.length, 1], values: Float32Array.from(scale) },
          { shape: [shift.length], values: Float32Array.from(shift) },
        ],
      };
    }),
  };
}

function scaleAndShift(config: BatchNormalizationConfig, weights: readonly PlanWeight[]): ScaleAndShift {
  const { gamma, beta, mean, variance } = batchNormalizationWeights(config, weights);
  const scale = Float64Array.from(
    variance.values,
    (value, channel) => (gamma?.values[channel] ?? 1) / Math.sqrt(value + config.epsilon),
  );
  const shift = scale.map((factor, channel) => (beta?.values[channel] ?? 0) - mean.values[channel]! * factor);
  return { scale, shift };
}

/** Channels are innermost in every kernel. For a depthwise kernel, the last two dimensions together are the channels. */
function scaled(step: PlanStep, layer: LayerWithKernel, { scale, shift }: ScaleAndShift): PlanStep {
  const channels = scale.length;
  const { useBias } = layer.config;
  const kernels = useBias ? step.weights.slice(0, -1) : step.weights;
  const bias = useBias ? step.weights.at(-1)!.values : new Float32Array(channels);
  // A separable convolution has two; the last one computes the channels that are scaled.
  const kernel = kernels.at(-1)!;
  return {
    ...step,
    layer: { ...layer, config: { ...layer.config, useBias: true } } as Layer,
    weights: [
      ...kernels.slice(0, -1),
      { shape: kernel.shape, values: kernel.values.map((value, i) => value * scale[i % channels]!) },
      { shape: [channels], values: bias.map((value, channel) => value * scale[channel]! + shift[channel]!) },
    ],
  };
}
