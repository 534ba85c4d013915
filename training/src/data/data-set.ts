/** A data set: its labels and its parts. */
import { createHash } from 'node:crypto';
import { TrainingError } from '../training-error.ts';
import type { ImageSet } from './image-set.ts';

export interface DataSet {
  readonly name: string;
  /** [height, width, channels] of every image. */
  readonly shape: readonly [number, number, number];
  readonly labels: readonly string[];
  readonly train: ImageSet;
  /** Measured after each epoch, so that decisions may rest on it. May be the test set, as in Keras' tutorials. */
  readonly validation: ImageSet;
  readonly test: ImageSet;
  /** The file that an image came from, where each has one: relative to the data's folder. */
  readonly pathOf?: (part: 'train' | 'validation' | 'test', index: number) => string;
}

/**
 * @throws {TrainingError} `data-invalid`, naming the first class index that is not within 0 … labels - 1 (data sets that
 * count from 1 are the usual cause), or pixels that are not a whole number of images
 */
export function checkImages(what: string, images: ImageSet, shape: readonly number[], labels: number): void {
  const size = shape.reduce((product, length) => product * length, 1);
  const { pixels, classes } = images.source;
  if (typeof pixels !== 'string' && pixels.length !== classes.length * size) {
    throw new TrainingError(
      'data-invalid',
      `The ${what} set has ${classes.length} labels, but ${pixels.length} bytes of pixels are ` +
        `${pixels.length / size} images of ${shape.join('x')}.`,
    );
  }
  if (classes.length === 0) throw new TrainingError('data-invalid', `The ${what} set is empty.`);
  const bad = classes.findIndex((index) => index >= labels);
  if (bad >= 0) {
    throw new TrainingError(
      'data-invalid',
      `Image ${bad} of the ${what} set has the label ${classes[bad]}, but ${labels} classes are numbered 0 to ` +
        `${labels - 1}. Do the labels count from 1? Subtract 1 from each.`,
    );
  }
}

/** Images that are hashed at a time. */
const AT_A_TIME = 1000;

/**
 * SHA-256 over pixels and classes of the parts, in lower-case hex: two runs with equal fingerprints saw the same data. A
 * validation set that is the test set counts once.
 */
export function fingerprint(data: DataSet): string {
  const hash = createHash('sha256');
  for (const part of new Set([data.train, data.validation, data.test])) {
    for (let from = 0; from < part.count; from += AT_A_TIME) hash.update(part.range(from, AT_A_TIME).pixels);
    hash.update(part.classes);
  }
  return hash.digest('hex');
}
