/** Selects the feedback that has been stored long enough. */
import type { ListedFeedback } from './stored-feedback.ts';

/** An image is written before its record, so an image without one may belong to a request in progress. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

/** @param days feedback about older answers is selected, and images left by interrupted requests */
export function feedbackToPrune(listed: readonly ListedFeedback[], days: number, now: Date): ListedFeedback[] {
  const first = new Date(now.getTime() - days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  return listed.filter(
    ({ id, hasRecord, modified }) =>
      id.slice(0, 10) < first || (!hasRecord && now.getTime() - modified.getTime() > LEFTOVER_AGE_MS),
  );
}
