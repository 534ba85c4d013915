/**
 * What training needs of an engine beyond tfjs' own operations: the parts that decide a step's speed, and those that
 * must work within a recorded step. Everything else is plain tfjs. Each engine implements this once.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Recorder } from './recorder.ts';
import type { Variable } from './variable.ts';

export interface Sliding {
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

/** Of a batch: [channels] each. */
export interface BatchStatistics {
  readonly mean: Tensor;
  /** Divided by the count and not by one less. */
  readonly variance: Tensor;
}

export interface BatchNormalized extends BatchStatistics {
  /** Of x's shape. */
  readonly y: Tensor;
}

/** Operations with a gradient say so; of the others none is asked for. The caller tidies all results. */
export interface TrainingKernels {
  /** Bytes stay bytes on their way to the device; `toFloat` makes numbers of them there. */
  upload(values: Uint8Array | Float32Array, shape: readonly number[]): Tensor;
  toFloat(uploaded: Tensor): Tensor;
  /** Differentiable. @param kernel [height, width, in, out]; `x` gets no gradient where it is the images themselves */
  conv2d(x: Tensor, kernel: Tensor, sliding: Sliding, isFirst: boolean): Tensor;
  /** Differentiable. [..., channels] + [channels] */
  biasAdd(x: Tensor, bias: Tensor): Tensor;
  /** Differentiable. */
  relu(x: Tensor): Tensor;
  /** Differentiable. */
  maxPool(x: Tensor, size: readonly [number, number], sliding: Sliding): Tensor;
  /** Differentiable. [n, in] · [in, out] */
  matMul(x: Tensor, kernel: Tensor): Tensor;
  /** Differentiable in x, gamma and beta, by the batch's own statistics (Ioffe and Szegedy 2015). x: [..., channels] */
  batchNormalize(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number): BatchNormalized;
  /** Differentiable in the logits. [n, classes] twice → [n], in nats. The targets of a row sum to 1. */
  softmaxCrossEntropy(logits: Tensor, targets: Tensor): Tensor;
  /**
   * Uniform in [0, 1): the same key and stream give the same numbers, in whatever order they are asked for.
   *
   * @param key int32 [2]: the run's seed and the step
   */
  uniform(shape: readonly number[], key: Tensor, stream: string): Tensor;
  /**
   * Takes each image's pixels from where its own rule says, which has to be within it.
   *
   * @param x [n, height, width, channels]
   * @param transforms [n, 8]: (x, y) of the output is ((a0 x + a1 y + a2), (a3 x + a4 y + a5)) of the input
   * @param size height and width of the output
   */
  transform(x: Tensor, transforms: Tensor, size: readonly [number, number]): Tensor;
  variable(values: Float32Array, shape: readonly number[]): Variable;
  /** In place, where the engine can do it in one pass; others are composed of tfjs' operations. By optimizer name. */
  readonly fusedUpdates: Readonly<Record<string, FusedUpdate>>;
  /** Runs a whole step as one call, where the engine can. */
  readonly record?: Recorder;
}

/**
 * @param numbers the optimizer's, as scalars
 * @param options the optimizer's own
 */
export type FusedUpdate = (
  weight: Variable,
  slots: readonly Variable[],
  gradient: Tensor,
  numbers: Readonly<Record<string, Tensor>>,
  options: Readonly<Record<string, unknown>>,
) => void;
