/** Keeps the promise of how long feedback is stored. */
import type { ListedFeedback } from './stored-feedback.ts';

/** An image is written ahead of its record: one without may belong to a request that is at work. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000;

/** @param days feedback about older answers goes, and images that a request left behind which was broken off */
export function feedbackToPrune(listed: readonly ListedFeedback[], days: number, now: Date): ListedFeedback[] {
  const first = new Date(now.getTime() - days * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  return listed.filter(
    ({ id, hasRecord, modified }) =>
      id.slice(0, 10) < first || (!hasRecord && now.getTime() - modified.getTime() > LEFTOVER_AGE_MS),
  );
}
