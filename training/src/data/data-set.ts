/** A data set, its validation, fingerprint and channel statistics. */
import { createHash } from 'node:crypto';
import { TrainingError } from '../training-error.ts';
import type { ImageSet } from './image-set.ts';

export interface DataSet {
  readonly name: string;
  /** [height, width, channels] of every image. */
  readonly shape: readonly [number, number, number];
  readonly labels: readonly string[];
  readonly train: ImageSet;
  /** Measured after each epoch, for decisions such as early stopping. May be the test set, as in Keras' tutorials. */
  readonly validation: ImageSet;
  readonly test: ImageSet;
  /** The path of an image's file relative to the data set's folder; absent if images have no files. */
  readonly pathOf?: (part: 'train' | 'validation' | 'test', index: number) => string;
}

/**
 * @throws {TrainingError} `data-invalid` if a class index is not in 0 … labels - 1 (usually because labels are counted
 * from 1), or if the pixels are not a whole number of images
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
        `${labels - 1}. If the labels are numbered from 1, subtract 1 from each.`,
    );
  }
}

/** Images read at a time. */
const BATCH_SIZE = 1000;

/**
 * SHA-256 over the pixels and classes of all parts, in lower-case hex: runs with equal fingerprints used the same data. A
 * validation set that is also the test set is hashed once.
 */
export function fingerprint(data: DataSet): string {
  const hash = createHash('sha256');
  for (const part of new Set([data.train, data.validation, data.test])) {
    for (let from = 0; from < part.count; from += BATCH_SIZE) hash.update(part.range(from, BATCH_SIZE).pixels);
    hash.update(part.classes);
  }
  return hash.digest('hex');
}

export interface ChannelStatistics {
  /** One number per channel for values in 0 … 1, rounded to four decimals. */
  readonly mean: readonly number[];
  /** Of the population. 1 for a constant channel, because it is a divisor. */
  readonly standardDeviation: readonly number[];
}

/** Exact up to the final rounding, because it is computed from a histogram of the 256 values. */
export function channelStatistics(set: ImageSet, channels: number): ChannelStatistics {
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  for (let from = 0; from < set.count; from += BATCH_SIZE) {
    const { pixels } = set.range(from, BATCH_SIZE);
    for (let i = 0; i < pixels.length; i++) counts[i % channels]![pixels[i]!]!++;
  }
  const total = (set.count * set.imageBytes) / channels;
  const mean = counts.map((count) => count.reduce((sum, n, value) => sum + (n * value) / 255, 0) / total);
  const deviation = counts.map((count, channel) =>
    Math.sqrt(count.reduce((sum, n, value) => sum + n * (value / 255 - mean[channel]!) ** 2, 0) / total),
  );
  return { mean: mean.map(rounded), standardDeviation: deviation.map((value) => rounded(value) || 1) };
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
