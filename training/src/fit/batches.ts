/** Cuts a data set into batches, in an order that the seed and the epoch decide. */
import type { LabelledPictures, PictureSet } from '../data/picture-set.ts';
import { permutation, randomStream } from './random.ts';

/** The order in which an epoch (from 0) sees the pictures. */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  return permutation(randomStream(seed, `shuffle/${epoch}`), count);
}

export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

/** Pictures order[from … from + batchSize - 1]; fewer at the end. */
export function takeBatch(set: PictureSet, from: number, batchSize: number, order: Uint32Array): LabelledPictures {
  return set.take(order.subarray(from, from + batchSize));
}
