/** Pictures of one size with a class each, in memory or in a file: what training and evaluation read from. */
import { openSync, readSync } from 'node:fs';

/** Class indices, from 0. Two bytes each where there are more than 256 classes. */
export type Classes = Uint8Array | Uint16Array;

/** Pictures of each class. */
export function countClasses(classes: Classes, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const index of classes) counts[index]!++;
  return counts;
}

/** Some pictures, in memory: a batch. */
export interface LabelledPictures {
  /** [count, height, width, channels], 0-255. */
  readonly pixels: Uint8Array;
  /** One class index a picture. */
  readonly classes: Classes;
}

/** A set as plain data, from which another thread makes its own `PictureSet`. Shared memory is not copied on the way. */
export interface PictureSource {
  /** The bytes themselves, or the path of a file that holds nothing but them. */
  readonly pixels: Uint8Array | string;
  readonly pictureBytes: number;
  /** Where in `pixels` each picture is, counted in pictures; one after the other where this is absent. */
  readonly places?: Uint32Array;
  readonly classes: Classes;
}

export class PictureSet {
  readonly source: PictureSource;
  #file: number | undefined;

  constructor(source: PictureSource) {
    this.source = source;
  }

  /** @param pixels [count, height, width, channels], count that of `classes` */
  static inMemory(pixels: Uint8Array, classes: Classes): PictureSet {
    return new PictureSet({ pixels, pictureBytes: pixels.length / classes.length, classes });
  }

  get count(): number {
    return this.source.classes.length;
  }

  get classes(): Classes {
    return this.source.classes;
  }

  /** height * width * channels */
  get pictureBytes(): number {
    return this.source.pictureBytes;
  }

  /** Copies of the pictures with these indices, in their order. */
  take(indices: ArrayLike<number>): LabelledPictures {
    const { pictureBytes, classes } = this.source;
    const pixels = new Uint8Array(indices.length * pictureBytes);
    const taken = new (classes.constructor as typeof Uint16Array)(indices.length);
    for (let i = 0; i < indices.length; i++) {
      this.#copy(indices[i]!, pixels.subarray(i * pictureBytes, (i + 1) * pictureBytes));
      taken[i] = classes[indices[i]!]!;
    }
    return { pixels, classes: taken };
  }

  /** As `take`, of neighbours: `count` pictures from `from` on, fewer at the end. */
  range(from: number, count: number): LabelledPictures {
    return this.take(Array.from({ length: Math.min(count, this.count - from) }, (_, i) => from + i));
  }

  #copy(index: number, target: Uint8Array): void {
    const { pixels, pictureBytes, places } = this.source;
    const from = (places ? places[index]! : index) * pictureBytes;
    if (typeof pixels !== 'string') {
      target.set(pixels.subarray(from, from + pictureBytes));
      return;
    }
    // Stays open until the process ends: a set is read from its first epoch to its last.
    this.#file ??= openSync(pixels, 'r');
    const read = readSync(this.#file, target, 0, pictureBytes, from);
    if (read !== pictureBytes) throw new Error(`${pixels} ends within picture ${index}`);
  }
}
