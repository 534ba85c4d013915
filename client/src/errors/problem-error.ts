/** The problem of one picture of a batch → the error that it would have been by itself. */
import type { ProblemDocument } from '../answers.ts';
import { errorOf } from './error-of.ts';
import type { GlimpseError } from './glimpse-error.ts';

export function problemError(problem: ProblemDocument): GlimpseError {
  return errorOf({ status: problem.status, text: JSON.stringify(problem) });
}
