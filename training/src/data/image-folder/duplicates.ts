/** Finds duplicate images: files with the same bytes, or with the same pixels at the model's size. */

import type { CachedImage } from './decoded-cache.ts';
import { type PartName, partNames } from './listing.ts';
import type { Split } from './split.ts';

export interface Duplicates {
  /** Numbers of duplicates with the same bytes, and with other bytes but the same pixels. */
  readonly sameFile: number;
  readonly samePixels: number;
  /** Sets of equal images in more than one part. */
  readonly acrossParts: Groups;
  /** Sets of equal images with more than one class. */
  readonly acrossClasses: Groups;
}

export interface Groups {
  readonly count: number;
  /** The paths of the first few sets. */
  readonly examples: readonly (readonly string[])[];
}

const EXAMPLES = 5;

/** @param split indices into `images` */
export function findDuplicates(images: readonly CachedImage[], split: Split): Duplicates {
  const parts = new Array<PartName>(images.length);
  for (const part of partNames) for (const index of split[part]) parts[index] = part;
  let sameFile = 0;
  let samePixels = 0;
  const acrossParts: number[][] = [];
  const acrossClasses: number[][] = [];
  for (const members of equalPixels(images)) {
    const files = new Set(members.map((index) => images[index]!.fileHash)).size;
    sameFile += members.length - files;
    samePixels += files - 1;
    if (new Set(members.map((index) => parts[index])).size > 1) acrossParts.push(members);
    if (new Set(members.map((index) => images[index]!.class)).size > 1) acrossClasses.push(members);
  }
  const named = (groups: readonly number[][]): Groups => ({
    count: groups.length,
    examples: groups
      .slice(0, EXAMPLES)
      .map((members) => members.slice(0, EXAMPLES).map((index) => images[index]!.path)),
  });
  return { sameFile, samePixels, acrossParts: named(acrossParts), acrossClasses: named(acrossClasses) };
}

/** Sets of two or more images with equal pixels. */
function equalPixels(images: readonly CachedImage[]): number[][] {
  const first = new Map<string, number>();
  const groups = new Map<string, number[]>();
  for (const [index, { pixelHash }] of images.entries()) {
    if (pixelHash === undefined) continue;
    const other = first.get(pixelHash);
    const group = groups.get(pixelHash);
    if (other === undefined) first.set(pixelHash, index);
    else if (group) group.push(index);
    else groups.set(pixelHash, [other, index]);
  }
  return [...groups.values()];
}
