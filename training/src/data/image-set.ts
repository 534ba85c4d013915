/** Images of one size with a class each, in memory or in a file: what training and evaluation read from. */
import { openSync, readSync } from 'node:fs';

/** Class indices, from 0. Two bytes each where there are more than 256 classes. */
export type Classes = Uint8Array | Uint16Array;

/** Images of each class. */
export function countClasses(classes: Classes, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const index of classes) counts[index]!++;
  return counts;
}

/** Some images, in memory: a batch. */
export interface LabeledImages {
  /** [count, height, width, channels], 0-255. */
  readonly pixels: Uint8Array;
  /** One class index an image. */
  readonly classes: Classes;
}

/** A set as plain data, from which another thread makes its own `ImageSet`. Shared memory is not copied on the way. */
export interface ImageSource {
  /** The bytes themselves, or the path of a file that holds nothing but them. */
  readonly pixels: Uint8Array | string;
  readonly imageBytes: number;
  /** Where in `pixels` each image is, counted in images; one after the other where this is absent. */
  readonly places?: Uint32Array;
  readonly classes: Classes;
}

export class ImageSet {
  readonly source: ImageSource;
  #file: number | undefined;

  constructor(source: ImageSource) {
    this.source = source;
  }

  /** @param pixels [count, height, width, channels], count that of `classes` */
  static inMemory(pixels: Uint8Array, classes: Classes): ImageSet {
    return new ImageSet({ pixels, imageBytes: pixels.length / classes.length, classes });
  }

  get count(): number {
    return this.source.classes.length;
  }

  get classes(): Classes {
    return this.source.classes;
  }

  /** height * width * channels */
  get imageBytes(): number {
    return this.source.imageBytes;
  }

  /** Copies of the images with these indices, in their order. */
  take(indices: ArrayLike<number>): LabeledImages {
    const { imageBytes, classes } = this.source;
    const pixels = new Uint8Array(indices.length * imageBytes);
    const taken = new (classes.constructor as typeof Uint16Array)(indices.length);
    for (let i = 0; i < indices.length; i++) {
      this.#copy(indices[i]!, pixels.subarray(i * imageBytes, (i + 1) * imageBytes));
      taken[i] = classes[indices[i]!]!;
    }
    return { pixels, classes: taken };
  }

  /** As `take`, of neighbors: `count` images from `from` on, fewer at the end. */
  range(from: number, count: number): LabeledImages {
    return this.take(Array.from({ length: Math.min(count, this.count - from) }, (_, i) => from + i));
  }

  #copy(index: number, target: Uint8Array): void {
    const { pixels, imageBytes, places } = this.source;
    const from = (places ? places[index]! : index) * imageBytes;
    if (typeof pixels !== 'string') {
      target.set(pixels.subarray(from, from + imageBytes));
      return;
    }
    // Stays open until the process ends: a set is read from its first epoch to its last.
    this.#file ??= openSync(pixels, 'r');
    const read = readSync(this.#file, target, 0, imageBytes, from);
    if (read !== imageBytes) throw new Error(`${pixels} ends within image ${index}`);
  }
}
