/** Cuts a data set into batches, in an order that the seed and the epoch decide. */
import type { LabelledPictures } from '../data/data-set.ts';
import { permutation, randomStream } from './random.ts';

/** The order in which an epoch (from 0) sees the pictures. */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  return permutation(randomStream(seed, `shuffle/${epoch}`), count);
}

export function stepsPerEpoch(count: number, batchSize: number): number {
  return Math.ceil(count / batchSize);
}

/** Pictures order[from … from + batchSize - 1]; fewer at the end. Without `order`, as the set has them. */
export function takeBatch(
  set: LabelledPictures,
  from: number,
  batchSize: number,
  order?: Uint32Array,
): LabelledPictures {
  const count = Math.min(batchSize, set.classes.length - from);
  const size = set.pixels.length / set.classes.length;
  if (!order) {
    return {
      pixels: set.pixels.subarray(from * size, (from + count) * size),
      classes: set.classes.subarray(from, from + count),
    };
  }
  const pixels = new Uint8Array(count * size);
  const classes = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const picture = order[from + i]!;
    pixels.set(set.pixels.subarray(picture * size, (picture + 1) * size), i * size);
    classes[i] = set.classes[picture]!;
  }
  return { pixels, classes };
}
