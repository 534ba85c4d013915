/** The wrong answers that were given with the most confidence: wrong labels in the data come up first. */
import type { Classes } from '../data/picture-set.ts';
import { answerOf } from './confusion.ts';

export interface Mistake {
  /** The picture's index in its set. */
  readonly picture: number;
  readonly truth: number;
  readonly answer: number;
  /** Of the answer, 0 to 1. */
  readonly probability: number;
  /** Of the true class. */
  readonly probabilityOfTruth: number;
}

/** @param probabilities [pictures, classes] */
export function confidentMistakes(
  probabilities: Float32Array,
  truth: Classes,
  classes: number,
  count: number,
): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [picture, wanted] of truth.entries()) {
    const answer = answerOf(probabilities, picture, classes);
    if (answer === wanted) continue;
    const from = picture * classes;
    mistakes.push({
      picture,
      truth: wanted,
      answer,
      probability: probabilities[from + answer]!,
      probabilityOfTruth: probabilities[from + wanted]!,
    });
  }
  return mistakes.sort((a, b) => b.probability - a.probability || a.picture - b.picture).slice(0, count);
}
