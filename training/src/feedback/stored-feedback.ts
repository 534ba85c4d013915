/** Lists, reads and deletes feedback in the account store. */
import { feedbackKeys, parseFeedbackKey } from '@glimpse/shared/feedback/names';
import { type FeedbackRecord, MAX_RECORD_BYTES, readFeedbackRecord } from '@glimpse/shared/feedback/record';
import { listAll, type ObjectStore } from '@glimpse/shared/store/object-store';

export interface ListedFeedback {
  /** Begins with the day of the answer: `2026-11-25-…`. */
  readonly id: string;
  readonly hasRecord: boolean;
  readonly hasImage: boolean;
  /** Total bytes. */
  readonly size: number;
  /** When the newer of the two was written, by the store's clock. */
  readonly modified: Date;
}

/** Concurrent reads. */
const BATCH_SIZE = 16;

/** @param since the first day to list: `2026-11-25` */
export async function listFeedback(store: ObjectStore, model: string, since = ''): Promise<ListedFeedback[]> {
  const byId = new Map<string, ListedFeedback>();
  for (const { key, size, modified } of await listAll(store, feedbackKeys.model(model))) {
    const place = parseFeedbackKey(key);
    if (!place || place.id.slice(0, 10) < since) continue;
    const other = byId.get(place.id);
    byId.set(place.id, {
      id: place.id,
      hasRecord: place.what === 'record' || other?.hasRecord === true,
      hasImage: place.what === 'image' || other?.hasImage === true,
      size: size + (other?.size ?? 0),
      modified: other && other.modified > modified ? other.modified : modified,
    });
  }
  return [...byId.values()];
}

/** An invalid record, and what is wrong. */
export interface BrokenFeedback {
  readonly id: string;
  readonly why: string;
}

/** In the order of the ids. A record that has been deleted since is in neither list. */
export async function readRecords(
  store: ObjectStore,
  model: string,
  ids: readonly string[],
): Promise<{ records: FeedbackRecord[]; broken: BrokenFeedback[] }> {
  const records: FeedbackRecord[] = [];
  const broken: BrokenFeedback[] = [];
  for (let from = 0; from < ids.length; from += BATCH_SIZE) {
    const some = ids.slice(from, from + BATCH_SIZE);
    const read = await Promise.all(some.map((id) => readRecord(store, model, id)));
    for (const [i, record] of read.entries()) {
      if (typeof record === 'string') broken.push({ id: some[i]!, why: record });
      else if (record) records.push(record);
    }
  }
  return { records, broken };
}

/** @returns a text that says what is wrong if the record is invalid; undefined if there is none */
export async function readRecord(
  store: ObjectStore,
  model: string,
  id: string,
): Promise<FeedbackRecord | string | undefined> {
  const object = await store.get(feedbackKeys.record(model, id));
  if (!object) return undefined;
  if (object.bytes.length > MAX_RECORD_BYTES) return `has ${object.bytes.length} bytes, more than a record can have`;
  return readFeedbackRecord(new TextDecoder().decode(object.bytes), { model, id });
}

/** Deletes the record and the image. Idempotent. */
export async function deleteFeedback(store: ObjectStore, model: string, id: string): Promise<void> {
  await store.delete(feedbackKeys.image(model, id));
  await store.delete(feedbackKeys.record(model, id));
}
