/**
 * Label lists of well-known data sets, for models that bring none. To add one, add a file to this folder and a line here.
 */
import { cifar10Labels } from './cifar10.ts';

export interface LabelSet {
  /** Name of the data set. */
  readonly name: string;
  /** [height, width, channels] of its images. */
  readonly inputShape: readonly number[];
  /** In the order of the data set's label numbers. */
  readonly labels: readonly string[];
}

const labelSets: readonly LabelSet[] = [{ name: 'cifar10', inputShape: [32, 32, 3], labels: cifar10Labels }];

/** The label set for a model with this input shape and number of outputs. */
export function findLabelSet(inputShape: readonly number[], outputs: number): LabelSet | undefined {
  return labelSets.find((set) => set.labels.length === outputs && String(set.inputShape) === String(inputShape));
}
