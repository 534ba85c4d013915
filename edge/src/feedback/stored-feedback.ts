/** Feedback into the private bucket: one record an answer, whatever is sent how often and by how many at once. */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { feedbackKeys } from '@glimpse/shared/feedback/names';
import { type FeedbackRecord, MAX_RECORD_BYTES, readFeedbackRecord } from '@glimpse/shared/feedback/record';
import type { ObjectStore } from '@glimpse/shared/store/object-store';

/** So many writers of one record may meet. */
const ATTEMPTS = 5;

/**
 * The last word counts, and the image stays that somebody has consented to.
 *
 * @param image the bytes that `record.image` describes
 * @returns whether there was no record of this answer yet
 * @throws {Problem} busy where others write the same record again and again
 * @throws {StoreError}
 */
export async function storeFeedback(
  store: ObjectStore,
  record: FeedbackRecord,
  image: Uint8Array<ArrayBuffer> | undefined,
): Promise<{ isNew: boolean }> {
  const key = feedbackKeys.record(record.model, record.id);
  // First: a record says of an image that it is there. It is the same for every writer, as the answer's id binds it.
  if (image) await store.put(feedbackKeys.image(record.model, record.id), image, 'any');
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const object = await store.get(key, { maxBytes: MAX_RECORD_BYTES });
    const stored = object && readFeedbackRecord(new TextDecoder().decode(object.bytes), record);
    // What cannot be read is nobody's word.
    const existing = typeof stored === 'object' ? stored : undefined;
    if (existing && existing.label === record.label && (existing.picture || !image)) return { isNew: false };
    const next = { ...record, ...(existing?.picture && { picture: existing.picture }) };
    const bytes = Uint8Array.from(new TextEncoder().encode(JSON.stringify(next)));
    if (await store.put(key, bytes, object ? { etag: object.etag } : 'absent')) return { isNew: !object };
  }
  throw new Problem('busy', 'Others send feedback about the same answer; send it again.', {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}

/** The image first: where the record's turn does not come, it can be asked for once more. @throws {StoreError} */
export async function deleteFeedback(store: ObjectStore, model: string, id: string): Promise<void> {
  await store.delete(feedbackKeys.image(model, id));
  await store.delete(feedbackKeys.record(model, id));
}
