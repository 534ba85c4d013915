/**
 * Calibration: of the answers with probability .8, are four in five correct?
 * Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
 */
import type { Classes } from '../data/image-set.ts';
import { answerOf } from './confusion.ts';

/** The number of bins in the paper. */
const BINS = 15;

export interface Bin {
  /** The bin counts confidences in (from, to]; the first bin also counts 0. */
  readonly from: number;
  readonly to: number;
  readonly images: number;
  /** Mean of the largest probabilities; NaN in an empty bin. */
  readonly confidence: number;
  /** Share of correct answers; NaN in an empty bin. */
  readonly accuracy: number;
}

export interface Reliability {
  readonly bins: readonly Bin[];
  /** Expected calibration error: Σ over bins of (images of the bin / all) · |accuracy − confidence|, within 0 … 1. */
  readonly ece: number;
}

/** @param probabilities [images, classes] */
export function reliability(probabilities: Float32Array, truth: Classes, classes: number): Reliability {
  const sums = Array.from({ length: BINS }, () => ({ images: 0, confidence: 0, correct: 0 }));
  for (const [image, label] of truth.entries()) {
    const answer = answerOf(probabilities, image, classes);
    const confidence = probabilities[image * classes + answer]!;
    // A sum of float32 may come out a little above 1.
    const bin = sums[Math.min(BINS - 1, Math.max(0, Math.ceil(confidence * BINS) - 1))]!;
    bin.images++;
    bin.confidence += confidence;
    if (answer === label) bin.correct++;
  }
  const bins = sums.map(({ images, confidence, correct }, index) => ({
    from: index / BINS,
    to: (index + 1) / BINS,
    images,
    confidence: confidence / images,
    accuracy: correct / images,
  }));
  const ece = bins.reduce(
    (total, { images, confidence, accuracy }) =>
      images === 0 ? total : total + (images / truth.length) * Math.abs(accuracy - confidence),
    0,
  );
  return { bins, ece };
}

/** Probabilities used to fit a temperature: more would change only its third digit and take minutes. */
const MAX_PROBABILITIES = 4_000_000;
/** The fit searches temperatures from 1 / 20 to 20. */
const MAX_TEMPERATURE = 20;
const ITERATIONS = 40;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature T at which softmax(logits / T) has the smallest cross-entropy: above 1 if the network is
 * overconfident. Cross-entropy is convex in 1 / T, so a golden-section search finds it.
 *
 * @param probabilities [images, classes], softmax(logits)
 */
export function fitTemperature(probabilities: Float32Array, truth: Classes, classes: number): number {
  const stride = Math.ceil(probabilities.length / MAX_PROBABILITIES);
  const lossAt = (inverse: number) => {
    let loss = 0;
    for (let image = 0; image < truth.length; image += stride) {
      const from = image * classes;
      let powers = 0;
      for (let i = from; i < from + classes; i++) powers += Math.max(probabilities[i]!, MIN_PROBABILITY) ** inverse;
      loss += Math.log(powers) - inverse * Math.log(Math.max(probabilities[from + truth[image]!]!, MIN_PROBABILITY));
    }
    return loss;
  };
  let [low, high] = [1 / MAX_TEMPERATURE, MAX_TEMPERATURE];
  for (let i = 0; i < ITERATIONS; i++) {
    const [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    if (lossAt(left) < lossAt(right)) high = right;
    else low = left;
  }
  return 2 / (low + high);
}

/** Replaces a probability that float32 rounded to 0, which has no logarithm. */
const MIN_PROBABILITY = 1e-38;
