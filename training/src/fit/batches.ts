/** The order of an epoch's images, determined by seed and epoch, and its batch sizes. */
import { permutation, randomStream } from '../engines/random.ts';

/** The order in which an epoch (from 0) sees the images. */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  return permutation(randomStream(seed, `shuffle/${epoch}`), count);
}

export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

/** The distinct batch sizes of `count` images: full batches, and the rest. */
export function batchSizes(count: number, batchSize: number): number[] {
  const rest = count % batchSize;
  return [...(count >= batchSize ? [batchSize] : []), ...(rest > 0 ? [rest] : [])];
}
