/** Measures a network that is not a release (yet): its weights as they are, through the Worker's runner. */
import type { Architecture } from '@glimpse/shared/network/architecture';
import type { Weights } from '@glimpse/shared/network/model-file';
import { Network } from '@glimpse/shared/network/network';
import type { InputContract } from '@glimpse/shared/picture/input-contract';
import { Classifier } from '@glimpse/shared/release/classifier';
import type { PictureSet } from '../data/picture-set.ts';
import { type Evaluation, evaluate } from './evaluate.ts';

export interface Trained {
  readonly architecture: Architecture;
  readonly input: InputContract;
  readonly weights: Weights;
}

export type OnProgress = (done: number, correct: number) => void;

export function measureTrained(trained: Trained, set: PictureSet, onProgress: OnProgress): Evaluation {
  return measureNetwork(new Network(trained.architecture, trained.weights), trained.input, set, onProgress);
}

/** @param network is disposed of */
export function measureNetwork(
  network: Network,
  input: InputContract,
  set: PictureSet,
  onProgress: OnProgress,
): Evaluation {
  return measureClassifier(new Classifier(network, input), set, network.outputs, onProgress);
}

/** @param classifier is disposed of */
export function measureClassifier(
  classifier: Classifier,
  set: PictureSet,
  classes: number,
  onProgress: OnProgress,
): Evaluation {
  try {
    return evaluate(classifier, set, classes, onProgress);
  } finally {
    classifier.dispose();
  }
}
