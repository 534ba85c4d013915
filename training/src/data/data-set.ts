/** Pictures of one size with a class each, in memory: what training and evaluation run on. */
import { createHash } from 'node:crypto';
import { TrainingError } from '../training-error.ts';

export interface LabelledPictures {
  /** [count, height, width, channels], 0-255. */
  readonly pixels: Uint8Array;
  /** One class index a picture. */
  readonly classes: Uint8Array;
}

export interface DataSet {
  readonly name: string;
  /** [height, width, channels] of every picture. */
  readonly shape: readonly [number, number, number];
  readonly labels: readonly string[];
  readonly train: LabelledPictures;
  readonly test: LabelledPictures;
}

/**
 * @throws {TrainingError} `data-invalid`, naming the first class index that is not within 0 … labels - 1 (data sets that
 * count from 1 are the usual cause), or pixels that are not a whole number of pictures
 */
export function checkPictures(
  what: string,
  pictures: LabelledPictures,
  shape: readonly number[],
  labels: number,
): void {
  const size = shape.reduce((product, length) => product * length, 1);
  if (pictures.pixels.length !== pictures.classes.length * size) {
    throw new TrainingError(
      'data-invalid',
      `The ${what} set has ${pictures.classes.length} labels, but ${pictures.pixels.length} bytes of pixels are ` +
        `${pictures.pixels.length / size} pictures of ${shape.join('x')}.`,
    );
  }
  if (pictures.classes.length === 0) throw new TrainingError('data-invalid', `The ${what} set is empty.`);
  const bad = pictures.classes.findIndex((index) => index >= labels);
  if (bad >= 0) {
    throw new TrainingError(
      'data-invalid',
      `Picture ${bad} of the ${what} set has the label ${pictures.classes[bad]}, but ${labels} classes are numbered 0 to ` +
        `${labels - 1}. Do the labels count from 1? Subtract 1 from each.`,
    );
  }
}

/** SHA-256 over pixels and classes of both sets, in lower-case hex: two runs with equal fingerprints saw the same data. */
export function fingerprint(data: DataSet): string {
  const hash = createHash('sha256');
  for (const { pixels, classes } of [data.train, data.test]) hash.update(pixels).update(classes);
  return hash.digest('hex');
}
