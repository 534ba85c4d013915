/** Which image goes into which part. */
import { createHash } from 'node:crypto';
import { invalid, type PartName, partNames } from './listing.ts';

export interface SplitOptions {
  readonly seed: number;
  /** Shares of the images, above 0 and together below 1. The rest is for training. */
  readonly validation: number;
  readonly test: number;
}

export interface SplitImage {
  readonly class: number;
  /** Equal for images with equal pixels. */
  readonly pixelHash: string;
  /** Where the user decided it: for all images, or for none. */
  readonly part?: PartName;
}

/** Indices of the images, rising. */
export type Split = Readonly<Record<PartName, Uint32Array>>;

/**
 * Each class is split alike, and each part gets at least one image of it. Equal images stay together: a test set that
 * holds an image of the training set measures memory. An image's place is decided by its pixels and the seed, so names
 * and order do not matter, and images that are added later move few others.
 *
 * Parts that the user chose stay; validation and test that are missing are taken from the training part in the same way.
 *
 * @throws {TrainingError} `data-invalid` when a class has too few distinct images
 */
export function splitImages(
  images: readonly SplitImage[],
  labels: readonly string[],
  { seed, validation, test }: SplitOptions,
): Split {
  const given = new Set(images.map(({ part }) => part));
  const partOf = images.map(({ part }) => part ?? 'train');
  const wanted = partNames.filter((part) => part !== 'train' && !given.has(part));
  const shares: Record<PartName, number> = { train: 0, validation, test };
  const groups = equalImages(images, partOf);
  for (const [index, label] of wanted.length > 0 ? labels.entries() : []) {
    const order = [...(groups.get(index) ?? [])].map(([hash, members]) => ({ place: placeOf(seed, hash), members }));
    checkEnough(label, order.length, wanted.length + 1);
    order.sort((a, b) => (a.place < b.place ? -1 : 1));
    let from = 0;
    let left = order.length - wanted.length - 1;
    for (const part of wanted) {
      const more = Math.min(left, Math.max(0, Math.round(order.length * shares[part]) - 1));
      for (const { members } of order.slice(from, from + 1 + more)) for (const member of members) partOf[member] = part;
      from += 1 + more;
      left -= more;
    }
  }
  return {
    train: placesOf('train', partOf),
    validation: placesOf('validation', partOf),
    test: placesOf('test', partOf),
  };
}

function placesOf(part: PartName, partOf: readonly PartName[]): Uint32Array {
  const places: number[] = [];
  for (const [index, each] of partOf.entries()) if (each === part) places.push(index);
  return Uint32Array.from(places);
}

/** By class: the training part's images, equal ones together. An image that has two classes stays with the first. */
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

function placeOf(seed: number, pixelHash: string): string {
  return createHash('sha256').update(`split/${seed}/${pixelHash}`).digest('hex');
}

function checkEnough(label: string, distinct: number, parts: number): void {
  if (distinct >= parts) return;
  throw invalid(
    `The class "${label}" has ${distinct} distinct image${distinct === 1 ? '' : 's'} that no other class has; ${parts} are needed, one for each part. Add some, or remove the class.`,
  );
}
