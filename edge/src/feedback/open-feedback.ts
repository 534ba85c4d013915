/** What the routes of feedback need, where it is on; and what a failure of its store means to a caller. */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import type { AnswerId, AnswerSigner } from '@glimpse/shared/feedback/answer-id';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { StoreError } from '@glimpse/shared/store/store-error';
import type { Isolate } from '../isolate.ts';

export interface FeedbackService {
  readonly signer: AnswerSigner;
  readonly store: ObjectStore;
}

/** @throws {Problem} feedback-off */
export function openFeedback({ signer, accountStore }: Isolate): FeedbackService {
  if (signer && accountStore) return { signer, store: accountStore };
  throw new Problem(
    'feedback-off',
    'This endpoint takes no feedback. Whoever runs it switches it on by the secret FEEDBACK_SECRET: openssl rand -hex 32 | npx wrangler secret put FEEDBACK_SECRET',
  );
}

/** @throws {Problem} feedback-id-invalid */
export async function verifyAnswer({ signer }: FeedbackService, id: string): Promise<AnswerId> {
  const answer = await signer.verify(id);
  if (answer) return answer;
  throw new Problem(
    'feedback-id-invalid',
    'The id is not that of an answer of this endpoint, or was changed on its way. Send the "id" of the answer to ' +
      'POST /v1/classify, all of it and nothing else.',
  );
}

/** @throws {Problem} feedback-unavailable in place of a StoreError */
export async function mapStoreErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    throw new Problem('feedback-unavailable', 'The store of feedback fails just now; send it again.', {
      cause,
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
}
