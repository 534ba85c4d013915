/** The confusion matrix, the metrics of each class that follow from it, and the most confident mistakes. */
import type { Classes } from '../data/image-set.ts';
import { mostProbable } from './evaluate.ts';

/** `matrix[truth][answer]`: number of images. */
export type Confusion = readonly (readonly number[])[];

/** @param probabilities [images, classes] */
export function confusionOf(probabilities: Float32Array, truth: Classes, classes: number): Confusion {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [image, label] of truth.entries()) matrix[label]![answerOf(probabilities, image, classes)]!++;
  return matrix;
}

/** The class that the classifier gave an image. */
export function answerOf(probabilities: Float32Array, image: number, classes: number): number {
  return mostProbable(probabilities.subarray(image * classes, (image + 1) * classes));
}

/** Each from 0 to 1; NaN if the denominator is 0. */
export interface ClassMetrics {
  /** Share of the answers with this class that are correct. */
  readonly precision: number;
  /** Share of this class's images that are recognized. */
  readonly recall: number;
  /** Harmonic mean of the two, 2 TP / (2 TP + FP + FN): 0 if no image of the class was recognized. */
  readonly f1: number;
  /** Number of images of the class. */
  readonly support: number;
}

export function classMetrics(confusion: Confusion): ClassMetrics[] {
  return confusion.map((row, index) => {
    const correct = row[index]!;
    const support = sum(row);
    const answered = sum(confusion.map((other) => other[index]!));
    return {
      precision: correct / answered,
      recall: correct / support,
      f1: (2 * correct) / (answered + support),
      support,
    };
  });
}

/** Unweighted means over the classes that have images; an undefined precision counts as 0. */
export function macroMean(metrics: readonly ClassMetrics[]): Omit<ClassMetrics, 'support'> {
  const present = metrics.filter(({ support }) => support > 0);
  const mean = (values: number[]) => sum(values.map((value) => (Number.isNaN(value) ? 0 : value))) / present.length;
  return {
    precision: mean(present.map(({ precision }) => precision)),
    recall: mean(present.map(({ recall }) => recall)),
    f1: mean(present.map(({ f1 }) => f1)),
  };
}

export interface ConfusedPair {
  readonly truth: number;
  readonly answer: number;
  readonly images: number;
}

/** The most frequent confusions, most frequent first. */
export function confusedPairs(confusion: Confusion, count: number): ConfusedPair[] {
  return confusion
    .flatMap((row, truth) => row.map((images, answer) => ({ truth, answer, images })))
    .filter(({ truth, answer, images }) => truth !== answer && images > 0)
    .sort((a, b) => b.images - a.images)
    .slice(0, count);
}

export interface Mistake {
  /** The image's index in its set. */
  readonly image: number;
  readonly truth: number;
  readonly answer: number;
  /** Of the answer, from 0 to 1. */
  readonly probability: number;
  /** Of the true class. */
  readonly probabilityOfTruth: number;
}

/**
 * The wrong answers with the highest confidence. Mislabeled images come first.
 *
 * @param probabilities [images, classes]
 */
export function confidentMistakes(
  probabilities: Float32Array,
  truth: Classes,
  classes: number,
  count: number,
): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [image, label] of truth.entries()) {
    const answer = answerOf(probabilities, image, classes);
    if (answer === label) continue;
    const from = image * classes;
    mistakes.push({
      image,
      truth: label,
      answer,
      probability: probabilities[from + answer]!,
      probabilityOfTruth: probabilities[from + label]!,
    });
  }
  return mistakes.sort((a, b) => b.probability - a.probability || a.image - b.image).slice(0, count);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
