/** Labeled images of one size, in memory or in a file, for training and evaluation. */
import { openSync, readSync } from 'node:fs';

/** Class indices from 0. Two bytes each if there are more than 256 classes. */
export type Classes = Uint8Array | Uint16Array;

/** The number of images of each class. */
export function countClasses(classes: Classes, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const index of classes) counts[index]!++;
  return counts;
}

/** A batch of images, in memory. */
export interface LabeledImages {
  /** [count, height, width, channels], 0-255. */
  readonly pixels: Uint8Array;
  /** One class index per image. */
  readonly classes: Classes;
}

/** A set as plain data, from which another thread can create its own `ImageSet`. Shared memory is not copied. */
export interface ImageSource {
  /** The bytes, or the path of a file that contains exactly these bytes. */
  readonly pixels: Uint8Array | string;
  readonly imageBytes: number;
  /** Position of each image in `pixels`, counted in images. If absent, images are consecutive. */
  readonly places?: Uint32Array;
  readonly classes: Classes;
}

export class ImageSet {
  readonly source: ImageSource;
  #file: number | undefined;

  constructor(source: ImageSource) {
    this.source = source;
  }

  /** @param pixels [count, height, width, channels], with `classes.length` images */
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

  /** Copies of the images with these indices, in this order. */
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

  /** Copies of `count` consecutive images starting at `from`, or fewer at the end of the set. */
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
    // Stays open until the process ends, because training reads the set in every epoch.
    this.#file ??= openSync(pixels, 'r');
    const read = readSync(this.#file, target, 0, imageBytes, from);
    if (read !== imageBytes) throw new Error(`${pixels} is truncated within image ${index}`);
  }
}
