/** The order of an epoch's images, which the seed and the epoch decide, and its batches. */
import { permutation, randomStream } from '../engines/random.ts';

/** The order in which an epoch (from 0) sees the images. */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  return permutation(randomStream(seed, `shuffle/${epoch}`), count);
}

export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

/** The different sizes of batches that `count` images fall into: full ones, and what is left. */
export function batchSizes(count: number, batchSize: number): number[] {
  const rest = count % batchSize;
  return [...(count >= batchSize ? [batchSize] : []), ...(rest > 0 ? [rest] : [])];
}
