/**
 * Whether two classifiers differ by more than chance on the same images: McNemar's test (1947), exact and mid-p. Of the
 * images that only one of them gets right, each is the better one's with probability ½ where they are equally good.
 * The mid-p variant keeps the exact one's level in practice and is less conservative: Fagerland, Lydersen, Laake,
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

/** @param first [images, classes] probabilities, as `second` */
export function compareAnswers(first: Float32Array, second: Float32Array, truth: Classes, classes: number): McNemar {
  let onlyFirst = 0;
  let onlySecond = 0;
  for (const [image, wanted] of truth.entries()) {
    const firstRight = answerOf(first, image, classes) === wanted;
    const secondRight = answerOf(second, image, classes) === wanted;
    if (firstRight && !secondRight) onlyFirst++;
    if (secondRight && !firstRight) onlySecond++;
  }
  return mcnemar(onlyFirst, onlySecond);
}

export function mcnemar(onlyFirst: number, onlySecond: number): McNemar {
  const n = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Binomial(n, ½) at 0 … fewer, by logarithms: 2 ** -n is 0 from n = 1075 on.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= fewer; k++) {
    logTerm += Math.log((n - k + 1) / k);
    tail += Math.exp(logTerm);
  }
  const exact = Math.min(1, 2 * tail);
  // At onlyFirst = onlySecond both tails hold the middle term, and the mid-p value is 1.
  const midP = Math.min(1, 2 * tail - Math.exp(logTerm));
  return { onlyFirst, onlySecond, exact, midP };
}
