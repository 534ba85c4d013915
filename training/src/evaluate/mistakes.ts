/** The wrong answers with the highest confidence. Mislabeled images come first. */
import type { Classes } from '../data/image-set.ts';
import { answerOf } from './confusion.ts';

export interface Mistake {
  /** The image's index in its set. */
  readonly image: number;
  readonly truth: number;
  readonly answer: number;
  /** Of the answer, from 0 to 1. */
  readonly probability: number;
  /** Of the true class. */
  readonly probabilityOfTruth: number;
}

/** @param probabilities [images, classes] */
export function confidentMistakes(
  probabilities: Float32Array,
  truth: Classes,
  classes: number,
  count: number,
): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [image, label] of truth.entries()) {
    const answer = answerOf(probabilities, image, classes);
    if (answer === label) continue;
    const from = image * classes;
    mistakes.push({
      image,
      truth: label,
      answer,
      probability: probabilities[from + answer]!,
      probabilityOfTruth: probabilities[from + label]!,
    });
  }
  return mistakes.sort((a, b) => b.probability - a.probability || a.image - b.image).slice(0, count);
}
