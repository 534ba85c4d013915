/** The weight of each class in the training loss. */
import { type Classes, countClasses } from '../data/image-set.ts';
import { TrainingError } from '../training-error.ts';
import type { Settings } from './settings.ts';

/**
 * @returns one number per class; undefined if all classes have the same weight
 * @throws {TrainingError} `run-invalid` if the number of weights is not the number of classes
 */
export function classWeightsOf(
  weights: Settings['classWeights'],
  classes: Classes,
  classCount: number,
): readonly number[] | undefined {
  if (weights === undefined) return undefined;
  if (weights === 'balanced') {
    // scikit-learn's rule: images / (classes * images of the class); a class without images has weight 0.
    return countClasses(classes, classCount).map((count) => (count === 0 ? 0 : classes.length / (classCount * count)));
  }
  if (weights.length !== classCount) {
    throw new TrainingError(
      'run-invalid',
      `There are ${weights.length} class weights, but ${classCount} classes. Give one weight per class.`,
    );
  }
  return weights;
}
