/** How much two classifiers' answers to the same images differ. */
import { answerOf } from './confusion.ts';

export interface Agreement {
  /** Share of the images for which both answer the same class. */
  readonly sameClass: number;
  /** Largest absolute difference of a probability, over all images and classes. */
  readonly largestDifference: number;
}

/** @param first [images, classes] probabilities, like `second` */
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
