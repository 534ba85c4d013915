/**
 * Whether a probability means what it says: of the answers given with .8, are four in five right?
 * Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
 */
import type { Classes } from '../data/image-set.ts';
import { answerOf } from './confusion.ts';

/** As in the paper. */
const BINS = 15;

export interface Bin {
  /** Confidences within (from, to] fall into the bin; into the first one also 0. */
  readonly from: number;
  readonly to: number;
  readonly images: number;
  /** Mean of the largest probabilities; NaN in an empty bin. */
  readonly confidence: number;
  /** Share of right answers; NaN in an empty bin. */
  readonly accuracy: number;
}

export interface Reliability {
  readonly bins: readonly Bin[];
  /** Expected calibration error: Σ over bins of (images of the bin / all) · |accuracy − confidence|, within 0 … 1. */
  readonly ece: number;
}

/** @param probabilities [images, classes] */
export function reliability(probabilities: Float32Array, truth: Classes, classes: number): Reliability {
  const sums = Array.from({ length: BINS }, () => ({ images: 0, confidence: 0, right: 0 }));
  for (const [image, wanted] of truth.entries()) {
    const answer = answerOf(probabilities, image, classes);
    const confidence = probabilities[image * classes + answer]!;
    // A sum of float32 may come out a little above 1.
    const bin = sums[Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1))]!;
    bin.images++;
    bin.confidence += confidence;
    if (answer === wanted) bin.right++;
  }
  const bins = sums.map(({ images, confidence, right }, index) => ({
    from: index / BINS,
    to: (index + 1) / BINS,
    images,
    confidence: confidence / images,
    accuracy: right / images,
  }));
  const ece = bins.reduce(
    (total, { images, confidence, accuracy }) =>
      images === 0 ? total : total + (images / truth.length) * Math.abs(accuracy - confidence),
    0,
  );
  return { bins, ece };
}

/** Probabilities that are looked at to fit a temperature: more change its third digit and take minutes. */
const ENOUGH = 4_000_000;
/** The fit looks at temperatures from 1 / 20 to 20. */
const WIDEST = 20;
const ITERATIONS = 40;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature T at which softmax(logits / T) has the smallest cross-entropy: above 1 where the network is too sure
 * of itself. Cross-entropy is convex in 1 / T, so a golden-section search finds it.
 *
 * @param probabilities [images, classes], softmax(logits)
 */
export function fitTemperature(probabilities: Float32Array, truth: Classes, classes: number): number {
  const stride = Math.ceil(probabilities.length / ENOUGH);
  const lossAt = (inverse: number) => {
    let loss = 0;
    for (let image = 0; image < truth.length; image += stride) {
      const from = image * classes;
      let powers = 0;
      for (let i = from; i < from + classes; i++) powers += Math.max(probabilities[i]!, SMALLEST) ** inverse;
      loss += Math.log(powers) - inverse * Math.log(Math.max(probabilities[from + truth[image]!]!, SMALLEST));
    }
    return loss;
  };
  let [low, high] = [1 / WIDEST, WIDEST];
  for (let i = 0; i < ITERATIONS; i++) {
    const [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    if (lossAt(left) < lossAt(right)) high = right;
    else low = left;
  }
  return 2 / (low + high);
}

/** A probability that float32 rounded to 0 has no logarithm. */
const SMALLEST = 1e-38;
