/** Assigns images to the training, validation and test parts. */
import { createHash } from 'node:crypto';
import { invalid, type PartName, partNames } from './listing.ts';

export interface SplitOptions {
  readonly seed: number;
  /** Shares of the images, above 0 and with a sum below 1. The rest is the training part. */
  readonly validation: number;
  readonly test: number;
}

export interface SplitImage {
  readonly class: number;
  /** Equal for images with equal pixels. */
  readonly pixelHash: string;
  /** Set if the user chose the part: for all images or for none. */
  readonly part?: PartName;
}

/** Indices of the images, ascending. */
export type Split = Readonly<Record<PartName, Uint32Array>>;

/**
 * A stratified split: each class has the same shares, and at least one image in each part. Equal images stay in the same
 * part, because a test set with images of the training set measures memorization. The assignment depends only on the
 * pixels and the seed, so names and order do not matter, and adding images moves few others.
 *
 * Parts that the user chose are kept; a missing validation or test part is taken from the training part in the same way.
 *
 * @throws {TrainingError} `data-invalid` if a class has too few distinct images
 */
export function splitImages(
  images: readonly SplitImage[],
  labels: readonly string[],
  { seed, validation, test }: SplitOptions,
): Split {
  const given = new Set(images.map(({ part }) => part));
  const partOf = images.map(({ part }) => part ?? 'train');
  const missing = partNames.filter((part) => part !== 'train' && !given.has(part));
  const shares: Record<PartName, number> = { train: 0, validation, test };
  const groups = equalImages(images, partOf);
  for (const [index, label] of missing.length > 0 ? labels.entries() : []) {
    const order = [...(groups.get(index) ?? [])].map(([hash, members]) => ({ key: sortKey(seed, hash), members }));
    checkEnough(label, order.length, missing.length + 1);
    order.sort((a, b) => (a.key < b.key ? -1 : 1));
    let from = 0;
    let left = order.length - missing.length - 1;
    for (const part of missing) {
      const more = Math.min(left, Math.max(0, Math.round(order.length * shares[part]) - 1));
      for (const { members } of order.slice(from, from + 1 + more)) for (const member of members) partOf[member] = part;
      from += 1 + more;
      left -= more;
    }
  }
  return {
    train: indicesIn('train', partOf),
    validation: indicesIn('validation', partOf),
    test: indicesIn('test', partOf),
  };
}

function indicesIn(part: PartName, partOf: readonly PartName[]): Uint32Array {
  const indices: number[] = [];
  for (const [index, each] of partOf.entries()) if (each === part) indices.push(index);
  return Uint32Array.from(indices);
}

/** The training part's images by class, grouped by equal pixels. An image with two classes stays with the first. */
function equalImages(
  images: readonly SplitImage[],
  partOf: readonly PartName[],
): ReadonlyMap<number, ReadonlyMap<string, number[]>> {
  const groups = new Map<string, number[]>();
  const byClass = new Map<number, Map<string, number[]>>();
  for (const [i, { class: index, pixelHash }] of images.entries()) {
    if (partOf[i] !== 'train') continue;
    const group = groups.get(pixelHash);
    if (group) {
      group.push(i);
      continue;
    }
    const started = [i];
    groups.set(pixelHash, started);
    const ofClass = byClass.get(index) ?? new Map<string, number[]>();
    byClass.set(index, ofClass.set(pixelHash, started));
  }
  return byClass;
}

function sortKey(seed: number, pixelHash: string): string {
  return createHash('sha256').update(`split/${seed}/${pixelHash}`).digest('hex');
}

function checkEnough(label: string, distinct: number, parts: number): void {
  if (distinct >= parts) return;
  throw invalid(
    `The class "${label}" has ${distinct} distinct image${distinct === 1 ? '' : 's'} that no other class has, but needs ${parts}, one for each part. Add images, or remove the class.`,
  );
}
