/**
 * The operations that each engine implements itself: those that determine the speed of a step, and those that must work
 * within a recorded step. Everything else is plain tfjs.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recorder } from './recorder.ts';
import type { Variable } from './variable.ts';

export interface Sliding {
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

/** The statistics of a batch, [channels] each. */
export interface BatchStatistics {
  readonly mean: Tensor;
  /** The biased variance: divided by the count. */
  readonly variance: Tensor;
}

export interface BatchNormalized extends BatchStatistics {
  /** Has the shape of x. */
  readonly y: Tensor;
}

/** Only operations marked as differentiable have a gradient. The caller disposes of all results. */
export interface TrainingKernels {
  /** Bytes are uploaded as bytes; `toFloat` converts them on the device. */
  upload(values: Uint8Array | Float32Array, shape: readonly number[]): Tensor;
  toFloat(uploaded: Tensor): Tensor;
  /** Differentiable. @param kernel [height, width, in, out] @param isFirst `x` is the input images, which need no gradient */
  conv2d(x: Tensor, kernel: Tensor, sliding: Sliding, isFirst: boolean): Tensor;
  /** Differentiable. [..., channels] + [channels] */
  biasAdd(x: Tensor, bias: Tensor): Tensor;
  /** Differentiable. */
  relu(x: Tensor): Tensor;
  /** Differentiable. */
  maxPool(x: Tensor, size: readonly [number, number], sliding: Sliding): Tensor;
  /** Differentiable. [n, in] · [in, out] */
  matMul(x: Tensor, kernel: Tensor): Tensor;
  /** Differentiable in x, gamma and beta. Uses the batch's statistics (Ioffe and Szegedy 2015). x: [..., channels] */
  batchNormalize(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): BatchNormalized;
  /** Differentiable in the logits. [n, classes], [n, classes] → [n], in nats. Each row of targets must sum to 1. */
  softmaxCrossEntropy(logits: Tensor, targets: Tensor): Tensor;
  /**
   * Uniform in [0, 1). The same key and stream give the same numbers, regardless of the order of calls.
   *
   * @param key int32 [2]: the run's seed and the step
   */
  uniform(shape: readonly number[], key: Tensor, stream: string): Tensor;
  /**
   * Applies an affine transform to each image. All source coordinates must lie within the image.
   *
   * @param x [n, height, width, channels]
   * @param transforms [n, 8]: (x, y) of the output is ((a0 x + a1 y + a2), (a3 x + a4 y + a5)) of the input
   * @param size height and width of the output
   */
  transform(x: Tensor, transforms: Tensor, size: readonly [number, number]): Tensor;
  variable(values: Float32Array, shape: readonly number[]): Variable;
  /** In-place updates by optimizer name. Optimizers without one are composed from tfjs operations. */
  readonly fusedUpdates: Readonly<Record<string, FusedUpdate>>;
  /** Compiles a whole step into one call, if the engine supports it. */
  readonly record?: Recorder;
}

/**
 * @param numbers the optimizer's values for this step, as scalars
 * @param options the optimizer's options
 */
export type FusedUpdate = (
  weight: Variable,
  slots: readonly Variable[],
  gradient: Tensor,
  numbers: Readonly<Record<string, Tensor>>,
  options: Readonly<Record<string, unknown>>,
) => void;
