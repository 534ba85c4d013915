/** Measures a classifier or a network on a set of images, with the runner that the Worker uses. */
import type { InputContract } from '@glimpse/shared/image/input-contract';
import type { Architecture } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { Network } from '@glimpse/shared/model/network/network';
import { Classifier } from '@glimpse/shared/release/classifier';
import type { Metrics } from '@glimpse/shared/release/manifest';
import type { ImageSet } from '../data/image-set.ts';

export interface Evaluation {
  readonly metrics: Metrics;
  /** [images, classes], as the Worker would answer. */
  readonly probabilities: Float32Array;
}

/** Keras clips at the same value, so that one fully confident mistake does not make the mean loss infinite. */
const MIN_PROBABILITY = 1e-7;

/** Images per progress report, as in Keras. The metrics do not depend on it. */
export const EVALUATION_STEP = 32;

/** One image at a time like the Worker, so that even the order of additions inside a kernel is the same. */
export function evaluate(
  classifier: Pick<Classifier, 'classify'>,
  set: ImageSet,
  classes: number,
  onProgress: (done: number, correct: number) => void = () => {},
): Evaluation {
  const { count } = set;
  const probabilities = new Float32Array(count * classes);
  let correct = 0;
  let loss = 0;
  for (let i = 0; i < count; i++) {
    const scores = classifier.classify(set.take([i]).pixels);
    probabilities.set(scores, i * classes);
    const label = set.classes[i]!;
    loss -= Math.log(Math.max(scores[label]!, MIN_PROBABILITY));
    if (mostProbable(scores) === label) correct++;
    if ((i + 1) % EVALUATION_STEP === 0 || i + 1 === count) onProgress(i + 1, correct);
  }
  return {
    metrics: { pictures: count, correct, accuracy: correct / count, loss: loss / count },
    probabilities,
  };
}

/** The index of the largest score; of equal scores the first, as the Worker ranks them. */
export function mostProbable(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}

export interface Trained {
  readonly architecture: Architecture;
  readonly input: InputContract;
  readonly weights: Weights;
}

export type OnProgress = (done: number, correct: number) => void;

export function measureTrained(trained: Trained, set: ImageSet, onProgress: OnProgress): Evaluation {
  return measureNetwork(new Network(trained.architecture, trained.weights), trained.input, set, onProgress);
}

/** @param network disposed of afterwards */
export function measureNetwork(
  network: Network,
  input: InputContract,
  set: ImageSet,
  onProgress: OnProgress,
): Evaluation {
  return measureClassifier(new Classifier(network, input), set, network.outputs, onProgress);
}

/** @param classifier disposed of afterwards */
export function measureClassifier(
  classifier: Classifier,
  set: ImageSet,
  classes: number,
  onProgress: OnProgress,
): Evaluation {
  try {
    return evaluate(classifier, set, classes, onProgress);
  } finally {
    classifier.dispose();
  }
}
