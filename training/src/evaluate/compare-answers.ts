/**
 * Compares the answers of two classifiers to the same images: how often they agree, and McNemar's test.
 *
 * McNemar's test (1947), exact and mid-p: do two classifiers differ on the same images by more than chance? If they are
 * equally good, an image that only one of them gets right belongs to either with probability ½. The mid-p variant keeps
 * the significance level in practice and is less conservative than the exact test: Fagerland, Lydersen, Laake,
 * "The McNemar test for binary matched-pairs data", BMC Medical Research Methodology 13:91 (2013).
 */
import type { Classes } from '../data/image-set.ts';
import { answerOf } from './confusion.ts';

export interface McNemar {
  /** Images that only the first gets right. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Two-sided p-values. */
  readonly exact: number;
  readonly midP: number;
}

/** @param first [images, classes] probabilities, like `second` */
export function compareAnswers(first: Float32Array, second: Float32Array, truth: Classes, classes: number): McNemar {
  let onlyFirst = 0;
  let onlySecond = 0;
  for (const [image, label] of truth.entries()) {
    const firstCorrect = answerOf(first, image, classes) === label;
    const secondCorrect = answerOf(second, image, classes) === label;
    if (firstCorrect && !secondCorrect) onlyFirst++;
    if (secondCorrect && !firstCorrect) onlySecond++;
  }
  return mcnemar(onlyFirst, onlySecond);
}

export function mcnemar(onlyFirst: number, onlySecond: number): McNemar {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Binomial(n, ½) at 0 … fewer, in logarithms: 2 ** -n underflows to 0 from n = 1075.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log((n - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  const exact = Math.min(1, 2 * tail);
  // If onlyFirst = onlySecond, both tails include the middle term and the mid-p value is 1.
  const midP = Math.min(1, 2 * tail - Math.exp(logTerm));
  return { onlyFirst, onlySecond, exact, midP };
}

export interface Agreement {
  /** Share of the images for which both answer the same class. */
  readonly sameClass: number;
  /** Largest absolute difference of a probability, over all images and classes. */
  readonly largestDifference: number;
}

/**
 * How much the answers of two classifiers to the same images differ.
 *
 * @param first [images, classes] probabilities, like `second`
 */
export function agreement(first: Float32Array, second: Float32Array, classes: number): Agreement {
  const images = first.length / classes;
  let same = 0;
  let largestDifference = 0;
  for (let image = 0; image < images; image++) {
    if (answerOf(first, image, classes) === answerOf(second, image, classes)) same++;
  }
  for (let i = 0; i < first.length; i++) {
    largestDifference = Math.max(largestDifference, Math.abs(first[i]! - second[i]!));
  }
  return { sameClass: same / images, largestDifference };
}
