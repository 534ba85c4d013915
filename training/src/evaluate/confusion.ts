/** Which class was taken for which: the matrix, and what each class' figures are by it. */
import type { Classes } from '../data/picture-set.ts';
import { mostProbable } from './evaluate.ts';

/** `matrix[truth][answer]`: pictures. */
export type Confusion = readonly (readonly number[])[];

/** @param probabilities [pictures, classes] */
export function confusionOf(probabilities: Float32Array, truth: Classes, classes: number): Confusion {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [picture, wanted] of truth.entries()) matrix[wanted]![answerOf(probabilities, picture, classes)]!++;
  return matrix;
}

/** The class that a picture was taken for. */
export function answerOf(probabilities: Float32Array, picture: number, classes: number): number {
  return mostProbable(probabilities.subarray(picture * classes, (picture + 1) * classes));
}

/** Shares from 0 to 1; NaN where there is nothing to divide by. */
export interface ClassMetrics {
  /** Of the pictures taken for the class, those that are of it. */
  readonly precision: number;
  /** Of the class' pictures, those taken for it. */
  readonly recall: number;
  /** Harmonic mean of the two, 2 TP / (2 TP + FP + FN): 0 where no picture of the class was recognised. */
  readonly f1: number;
  /** The class' pictures. */
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

/** Means over the classes that the set has pictures of, each class counting alike; a precision of nothing counts as 0. */
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
  readonly pictures: number;
}

/** The most frequent mistakes, most frequent first. */
export function mixups(confusion: Confusion, count: number): Mixup[] {
  return confusion
    .flatMap((row, truth) => row.map((pictures, answer) => ({ truth, answer, pictures })))
    .filter(({ truth, answer, pictures }) => truth !== answer && pictures > 0)
    .sort((a, b) => b.pictures - a.pictures)
    .slice(0, count);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
