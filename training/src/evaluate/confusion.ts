/** Which class was taken for which: the matrix, and what each class' figures are by it. */
import type { Classes } from '../data/image-set.ts';
import { mostProbable } from './evaluate.ts';

/** `matrix[truth][answer]`: images. */
export type Confusion = readonly (readonly number[])[];

/** @param probabilities [images, classes] */
export function confusionOf(probabilities: Float32Array, truth: Classes, classes: number): Confusion {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [image, wanted] of truth.entries()) matrix[wanted]![answerOf(probabilities, image, classes)]!++;
  return matrix;
}

/** The class that an image was taken for. */
export function answerOf(probabilities: Float32Array, image: number, classes: number): number {
  return mostProbable(probabilities.subarray(image * classes, (image + 1) * classes));
}

/** Shares from 0 to 1; NaN where there is nothing to divide by. */
export interface ClassMetrics {
  /** Of the images taken for the class, those that are of it. */
  readonly precision: number;
  /** Of the class' images, those taken for it. */
  readonly recall: number;
  /** Harmonic mean of the two, 2 TP / (2 TP + FP + FN): 0 where no image of the class was recognized. */
  readonly f1: number;
  /** The class' images. */
  readonly support: number;
}

export function classMetrics(confusion: Confusion): ClassMetrics[] {
  return confusion.map((row, index) => {
    const right = row[index]!;
    const support = sum(row);
    const answered = sum(confusion.map((other) => other[index]!));
    return {
      precision: right / answered,
      recall: right / support,
      f1: (2 * right) / (answered + support),
      support,
    };
  });
}

/** Means over the classes that the set has images of, each class counting alike; a precision of nothing counts as 0. */
export function macroMean(metrics: readonly ClassMetrics[]): Omit<ClassMetrics, 'support'> {
  const present = metrics.filter(({ support }) => support > 0);
  const mean = (values: number[]) => sum(values.map((value) => (Number.isNaN(value) ? 0 : value))) / present.length;
  return {
    precision: mean(present.map(({ precision }) => precision)),
    recall: mean(present.map(({ recall }) => recall)),
    f1: mean(present.map(({ f1 }) => f1)),
  };
}

export interface Mixup {
  readonly truth: number;
  readonly answer: number;
  readonly images: number;
}

/** The most frequent mistakes, most frequent first. */
export function mixups(confusion: Confusion, count: number): Mixup[] {
  return confusion
    .flatMap((row, truth) => row.map((images, answer) => ({ truth, answer, images })))
    .filter(({ truth, answer, images }) => truth !== answer && images > 0)
    .sort((a, b) => b.images - a.images)
    .slice(0, count);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
