/** Writes feedback to the account store: one record per answer, regardless of how often and how concurrently it is sent. */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { feedbackKeys } from '@glimpse/shared/feedback/names';
import { type FeedbackRecord, MAX_RECORD_BYTES, readFeedbackRecord } from '@glimpse/shared/feedback/record';
import type { ObjectStore } from '@glimpse/shared/store/object-store';

/** Attempts against concurrent writers of the same record. */
const ATTEMPTS = 5;

/**
 * The latest label counts. An image that was stored with consent is kept.
 *
 * @param image the bytes that `record.image` describes
 * @returns whether this is the first feedback about the answer
 * @throws {Problem} busy if others keep writing the same record
 * @throws {StoreError}
 */
export async function storeFeedback(
  store: ObjectStore,
  record: FeedbackRecord,
  image: Uint8Array<ArrayBuffer> | undefined,
): Promise<{ isNew: boolean }> {
  const key = feedbackKeys.record(record.model, record.id);
  // The image first, because the record refers to it. It is the same for every writer: the answer's id binds its hash.
  if (image) await store.put(feedbackKeys.image(record.model, record.id), image, 'any');
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const object = await store.get(key, { maxBytes: MAX_RECORD_BYTES });
    const stored = object && readFeedbackRecord(new TextDecoder().decode(object.bytes), record);
    // An invalid record is replaced.
    const existing = typeof stored === 'object' ? stored : undefined;
    if (existing && existing.label === record.label && (existing.picture || !image)) return { isNew: false };
    const next = { ...record, ...(existing?.picture && { picture: existing.picture }) };
    const bytes = Uint8Array.from(new TextEncoder().encode(JSON.stringify(next)));
    if (await store.put(key, bytes, object ? { etag: object.etag } : 'absent')) return { isNew: !object };
  }
  throw new Problem('busy', 'Others are sending feedback about the same answer. Send it again.', {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}

/** Deletes the image first, so that the deletion can be repeated by the record's id if it fails. @throws {StoreError} */
export async function deleteFeedback(store: ObjectStore, model: string, id: string): Promise<void> {
  await store.delete(feedbackKeys.image(model, id));
  await store.delete(feedbackKeys.record(model, id));
}
