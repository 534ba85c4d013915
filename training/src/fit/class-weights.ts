/** What each class counts in the training loss. */
import { type Classes, countClasses } from '../data/image-set.ts';
import { TrainingError } from '../training-error.ts';
import type { Settings } from './settings.ts';

/**
 * @returns one number a class; undefined where all count alike
 * @throws {TrainingError} `run-invalid` when there is another number of weights than of classes
 */
export function classWeightsOf(
  wanted: Settings['classWeights'],
  classes: Classes,
  classCount: number,
): readonly number[] | undefined {
  if (wanted === undefined) return undefined;
  if (wanted === 'balanced') {
    // scikit-learn's rule: images / (classes * images of the class); a class without images weighs nothing.
    return countClasses(classes, classCount).map((count) => (count === 0 ? 0 : classes.length / (classCount * count)));
  }
  if (wanted.length !== classCount) {
    throw new TrainingError('run-invalid', `There are ${wanted.length} class weights, but ${classCount} classes.`);
  }
  return wanted;
}
