/** Checks a release's figures against its bounds, and against the live release on the same images. */
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
  /** The minimum or maximum of the value. */
  readonly bound: number;
  /** Whether chance explains the difference; absent for checks without a test. */
  readonly test?: McNemar;
}

/** Absolute bounds only, for a release without a live one to compare with. */
export function judgeAlone(figures: ReleaseFigures, { absolute }: Bounds): Check[] {
  const { accuracy, recall, calibrationError, quantizationDrop, quantizationLost, bytes, multiplyAdds } = figures;
  const checks: Check[] = [];
  const check = (name: string, value: number | undefined, bound: number | undefined, passed?: boolean) => {
    if (bound === undefined) return;
    // A figure that was not measured fails its bound.
    const known = value ?? Number.NaN;
    checks.push({ name: `absolute.${name}`, value: known, bound, passed: passed ?? known <= bound });
  };
  if (absolute.accuracy !== undefined) check('accuracy', accuracy, absolute.accuracy, accuracy >= absolute.accuracy);
  if (absolute.recall !== undefined) {
    const bound = absolute.recall;
    if (!recall) check('recall', undefined, bound);
    for (const [index, value] of (recall ?? []).entries()) {
      // A class without test images has no recall.
      if (!Number.isNaN(value)) check(`recall.${figures.labels[index]}`, value, bound, value >= bound);
    }
  }
  const keeps = quantizationDrop <= absolute.quantizationDrop || quantizationLost <= 1;
  check('quantizationDrop', quantizationDrop, absolute.quantizationDrop, keeps);
  check('bytes', bytes, absolute.bytes);
  check('multiplyAdds', multiplyAdds, absolute.multiplyAdds);
  check('calibrationError', calibrationError, absolute.calibrationError);
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
    // Bonferroni: otherwise, with ten classes, one would seem worse by chance about every second time.
    const name = `relative.recall.${ours.labels[index]}`;
    checks.push(lossCheck(name, pair, value, before, relative.recallLoss, relative.significance / classes));
  }
  const check = (name: string, value: number, bound: number) =>
    checks.push({ name: `relative.${name}`, value, bound, passed: value <= bound });
  check('bytes', ours.bytes, theirs.bytes * relative.bytes);
  check('multiplyAdds', ours.multiplyAdds, theirs.multiplyAdds * relative.multiplyAdds);
  check('calibrationError', ours.calibrationError!, theirs.calibrationError! + relative.calibrationErrorGrowth);
  return checks;
}

/** Fails if more is lost than allowed, and chance does not explain the loss. */
function lossCheck(
  name: string,
  [onlyOurs, onlyTheirs]: readonly [number, number],
  value: number,
  before: number,
  allowed: number,
  significance: number,
): Check {
  const test = mcnemar(onlyTheirs, onlyOurs);
  // A tolerance for floating-point error: .72 - .70 is slightly more than .02.
  const lost = before - value > allowed + 1e-12;
  return { name, value, bound: before - allowed, test, passed: !(lost && test.midP < significance) };
}

/** For each class, how many images only the first and only the second gets right. */
function pairByClass(first: Float32Array, second: Float32Array, truth: Classes, classes: number): [number, number][] {
  const pairs = Array.from({ length: classes }, (): [number, number] => [0, 0]);
  for (const [image, label] of truth.entries()) {
    const firstRight = answerOf(first, image, classes) === label;
    const secondRight = answerOf(second, image, classes) === label;
    if (firstRight && !secondRight) pairs[label]![0]++;
    if (secondRight && !firstRight) pairs[label]![1]++;
  }
  return pairs;
}
