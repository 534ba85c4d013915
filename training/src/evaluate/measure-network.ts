/** Measures a network that is not (yet) a release, with the Worker's runner. */

import type { InputContract } from '@glimpse/shared/image/input-contract';
import type { Architecture } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { Network } from '@glimpse/shared/model/network/network';
import { Classifier } from '@glimpse/shared/release/classifier';
import type { ImageSet } from '../data/image-set.ts';
import { type Evaluation, evaluate } from './evaluate.ts';

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
