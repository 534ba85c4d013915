/** Random changes to training images that keep their class, drawn for each image in each step. */
import {
  abs,
  add,
  cast,
  concat,
  floor,
  less,
  logicalAnd,
  logicalNot,
  mirrorPad,
  mul,
  ones,
  range,
  reshape,
  slice,
  sub,
  type Tensor,
  type Tensor4D,
  zeros,
} from '@tensorflow/tfjs-core';
import type { TrainingKernels } from '../engines/training-kernels.ts';
import type { Settings } from './settings.ts';

type Augmentation = Settings['augmentation'];

/**
 * Mirrors and shifts images.
 *
 * @param x [n, height, width, channels]
 * @param key int32 [2], seed and step
 */
export function translateAndFlip(
  x: Tensor,
  { flip, translate }: Augmentation,
  key: Tensor,
  kernels: TrainingKernels,
): Tensor {
  if (!flip && translate === 0) return x;
  const [count, height, width] = x.shape as [number, number, number, number];
  const random = kernels.uniform([count, 3], key, 'augmentation/move');
  const column = (index: number) => slice(random, [0, index], [count, 1]);
  const [one, zero] = [ones([count, 1]), zeros([count, 1])];
  const mirrored = flip ? cast(less(column(0), 0.5), 'float32') : zero;
  const shift = (index: number) => sub(floor(mul(column(index), 2 * translate + 1)), translate);
  // The image is padded by reflection first, because tfjs' WASM kernel and TensorFlow differ in what lies beyond an edge.
  const around: [number, number] = [translate, translate];
  const larger = translate === 0 ? x : mirrorPad(x as Tensor4D, [[0, 0], around, around, [0, 0]], 'symmetric');
  // x' = x + shift, or (width - 1 - x) + shift if it is mirrored.
  const direction = sub(one, mul(mirrored, 2));
  const right = add(add(mul(mirrored, width - 1), shift(1)), translate);
  const down = add(shift(2), translate);
  const transforms = concat([direction, zero, right, zero, one, down, zero, zero], 1);
  return kernels.transform(larger, transforms, [height, width]);
}

/**
 * Sets a square of each image to 0, which is the mean after normalization. Its center is drawn from the whole image, so
 * part of the square may be outside (as in the paper).
 *
 * @param x [n, height, width, channels], normalized
 */
export function cutout(x: Tensor, { cutout }: Augmentation, key: Tensor, kernels: TrainingKernels): Tensor {
  if (cutout === 0) return x;
  const [count, height, width] = x.shape as [number, number, number, number];
  const random = kernels.uniform([count, 2], key, 'augmentation/cutout');
  const covered = (index: number, length: number) => {
    const center = floor(mul(slice(random, [0, index], [count, 1]), length));
    // The center of a square with an even side is between two pixels.
    const distance = abs(sub(range(0, length), sub(center, cutout % 2 === 0 ? 0.5 : 0)));
    return less(distance, cutout / 2);
  };
  const rows = reshape(covered(0, height), [count, height, 1]);
  const columns = reshape(covered(1, width), [count, 1, width]);
  const kept = cast(logicalNot(logicalAnd(rows, columns)), 'float32');
  return mul(x, reshape(kept, [count, height, width, 1]));
}
