/** A release's figures against the bounds, and against those of the live release on the same images. */
import type { Classes } from '../data/image-set.ts';
import { type McNemar, mcnemar } from '../evaluate/compare-answers.ts';
import { answerOf } from '../evaluate/confusion.ts';
import type { Bounds } from './bounds.ts';
import type { MeasuredRelease, ReleaseFigures } from './measure-release.ts';

export interface Check {
  /** `absolute.accuracy`, `relative.recall.cat`, … */
  readonly name: string;
  readonly passed: boolean;
  readonly value: number;
  /** What the value may not fall below or rise above. */
  readonly bound: number;
  /** Whether chance explains the difference; absent where it was not asked. */
  readonly test?: McNemar;
}

/** Absolute bounds alone: what can be said of a release when nothing is live. */
export function judgeAlone(figures: ReleaseFigures, { absolute }: Bounds): Check[] {
  const { accuracy, recall, calibrationError, quantizationDrop, quantizationLost, bytes, multiplyAdds } = figures;
  const checks: Check[] = [];
  const most = (name: string, value: number | undefined, bound: number | undefined, passed?: boolean) => {
    if (bound === undefined) return;
    // A figure that was not measured keeps no bound.
    const known = value ?? Number.NaN;
    checks.push({ name: `absolute.${name}`, value: known, bound, passed: passed ?? known <= bound });
  };
  if (absolute.accuracy !== undefined) most('accuracy', accuracy, absolute.accuracy, accuracy >= absolute.accuracy);
  if (absolute.recall !== undefined) {
    const bound = absolute.recall;
    if (!recall) most('recall', undefined, bound);
    for (const [index, value] of (recall ?? []).entries()) {
      // A class without test images has no recall.
      if (!Number.isNaN(value)) most(`recall.${figures.labels[index]}`, value, bound, value >= bound);
    }
  }
  const keeps = quantizationDrop <= absolute.quantizationDrop || quantizationLost <= 1;
  most('quantizationDrop', quantizationDrop, absolute.quantizationDrop, keeps);
  most('bytes', bytes, absolute.bytes);
  most('multiplyAdds', multiplyAdds, absolute.multiplyAdds);
  most('calibrationError', calibrationError, absolute.calibrationError);
  return checks;
}

/**
 * @param live measured on the same images, with the same labels
 * @param truth the images' classes
 */
export function judgeAgainst(
  candidate: MeasuredRelease,
  live: MeasuredRelease,
  truth: Classes,
  bounds: Bounds,
): Check[] {
  const { relative } = bounds;
  const [ours, theirs] = [candidate.figures, live.figures];
  const classes = ours.labels.length;
  const pairs = pairByClass(candidate.probabilities, live.probabilities, truth, classes);
  const all = pairs.reduce((sum, pair) => [sum[0] + pair[0], sum[1] + pair[1]] as const, [0, 0] as const);
  const checks = [
    lossCheck('relative.accuracy', all, ours.accuracy, theirs.accuracy, relative.accuracyLoss, relative.significance),
  ];
  for (const [index, pair] of pairs.entries()) {
    const [value, before] = [ours.recall![index]!, theirs.recall![index]!];
    if (Number.isNaN(value)) continue;
    // Bonferroni: with ten classes one of them would else seem worse by chance every second time.
    const name = `relative.recall.${ours.labels[index]}`;
    checks.push(lossCheck(name, pair, value, before, relative.recallLoss, relative.significance / classes));
  }
  const most = (name: string, value: number, bound: number) =>
    checks.push({ name: `relative.${name}`, value, bound, passed: value <= bound });
  most('bytes', ours.bytes, theirs.bytes * relative.bytes);
  most('multiplyAdds', ours.multiplyAdds, theirs.multiplyAdds * relative.multiplyAdds);
  most('calibrationError', ours.calibrationError!, theirs.calibrationError! + relative.calibrationErrorGrowth);
  return checks;
}

/** Fails where more is lost than allowed, and chance does not explain the loss. */
function lossCheck(
  name: string,
  [onlyOurs, onlyTheirs]: readonly [number, number],
  value: number,
  before: number,
  allowed: number,
  significance: number,
): Check {
  const test = mcnemar(onlyTheirs, onlyOurs);
  // A hair's breadth for the division: .72 - .70 is a little more than .02.
  const lost = before - value > allowed + 1e-12;
  return { name, value, bound: before - allowed, test, passed: !(lost && test.midP < significance) };
}

/** Of each class, the images that only the first and only the second gets right. */
function pairByClass(first: Float32Array, second: Float32Array, truth: Classes, classes: number): [number, number][] {
  const pairs = Array.from({ length: classes }, (): [number, number] => [0, 0]);
  for (const [image, wanted] of truth.entries()) {
    const firstRight = answerOf(first, image, classes) === wanted;
    const secondRight = answerOf(second, image, classes) === wanted;
    if (firstRight && !secondRight) pairs[wanted]![0]++;
    if (secondRight && !firstRight) pairs[wanted]![1]++;
  }
  return pairs;
}
