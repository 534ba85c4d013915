/** A problem in the shape that the clients of a route read. */
import { type Problem, problemDocument } from '@glimpse/shared/api/problems';

/** Clients of these routes look for `error`, a text; all others get the problem document of RFC 9457. */
const FOREIGN = /^\/(models|v2)(\/|$)/;

export function errorShape(path: string, problem: Problem): { type: string; body: Record<string, unknown> } {
  if (FOREIGN.test(path)) return { type: 'application/json', body: { error: problem.message } };
  return { type: 'application/problem+json', body: problemDocument(problem) };
}
