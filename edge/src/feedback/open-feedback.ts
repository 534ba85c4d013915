/** What the feedback routes need, and how failures of the store appear to callers. */
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
    'This endpoint does not accept feedback. Its operator can enable it with the secret FEEDBACK_SECRET: openssl rand -hex 32 | npx wrangler secret put FEEDBACK_SECRET',
  );
}

/** @throws {Problem} feedback-id-invalid */
export async function verifyAnswer({ signer }: FeedbackService, id: string): Promise<AnswerId> {
  const answer = await signer.verify(id);
  if (answer) return answer;
  throw new Problem(
    'feedback-id-invalid',
    'The id does not belong to an answer of this endpoint, or it was altered. Send the exact "id" from the answer to ' +
      'POST /v1/classify.',
  );
}

/** @throws {Problem} feedback-unavailable instead of a StoreError */
export async function mapStoreErrors<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    throw new Problem('feedback-unavailable', 'The feedback store failed. Send the feedback again.', {
      cause,
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
}
