/** How far two classifiers' answers to the same pictures lie apart. */
import { answerOf } from './confusion.ts';

export interface Agreement {
  /** Share of the pictures that both take for the same class. */
  readonly sameClass: number;
  /** Of any class of any picture. */
  readonly largestDifference: number;
}

/** @param first [pictures, classes] probabilities, as `second` */
export function agreement(first: Float32Array, second: Float32Array, classes: number): Agreement {
  const pictures = first.length / classes;
  let same = 0;
  let largestDifference = 0;
  for (let picture = 0; picture < pictures; picture++) {
    if (answerOf(first, picture, classes) === answerOf(second, picture, classes)) same++;
  }
  for (let i = 0; i < first.length; i++) {
    largestDifference = Math.max(largestDifference, Math.abs(first[i]! - second[i]!));
  }
  return { sameClass: same / pictures, largestDifference };
}
