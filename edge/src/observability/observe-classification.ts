/** Around every route that classifies, whatever its dialect: `Server-Timing`, and one point in the analytics. */
import type { ProblemCode } from '@glimpse/shared/api/problems';
import { serverTiming } from '../body/server-timing.ts';
import type { AppContext } from '../context.ts';
import { problemOf } from '../problem-of.ts';
import { count } from './analytics.ts';
import type { RequestNotes } from './request-notes.ts';

/** @param answer notes what it learns, and returns the best score (0-1) of its first image with the response's body */
export async function observeClassification(
  c: AppContext,
  answer: (notes: RequestNotes) => Promise<{ body: unknown; confidence: number }>,
): Promise<Response> {
  const notes = c.get('notes');
  const elapsed = () => performance.now() - notes.arrivedAt;
  const counted = (outcome: 'ok' | ProblemCode, confidence?: number) => {
    // Milliseconds. Once deployed, a Worker's clock stands still while it computes: there the first two are 0, and
    // the total is what was spent waiting for the body, the store and the turn.
    c.header('Server-Timing', serverTiming({ ...notes.timing, total: elapsed() }));
    count(c.get('isolate').settings.analytics, {
      release: notes.release,
      outcome,
      confidence,
      milliseconds: elapsed(),
    });
  };
  try {
    const { body, confidence } = await answer(notes);
    counted('ok', confidence);
    return c.json(body);
  } catch (error) {
    counted(problemOf(error).code);
    throw error;
  }
}
