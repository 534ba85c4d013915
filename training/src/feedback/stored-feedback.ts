/** Feedback in the private bucket: what there is, what it says, and away with it. */
import { feedbackKeys, parseFeedbackKey } from '@glimpse/shared/feedback/names';
import { type FeedbackRecord, MAX_RECORD_BYTES, readFeedbackRecord } from '@glimpse/shared/feedback/record';
import { listAll, type ObjectStore } from '@glimpse/shared/store/object-store';

export interface ListedFeedback {
  /** Begins with the day of the answer: `2026-11-25-…`. */
  readonly id: string;
  readonly hasRecord: boolean;
  readonly hasImage: boolean;
  /** Bytes of both. */
  readonly size: number;
  /** Of the newer of the two, by the store's clock. */
  readonly modified: Date;
}

/** Records that are read at a time. */
const AT_A_TIME = 16;

/** @param since days before it are left out: `2026-11-25` */
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

/** A record that cannot be used, and why. */
export interface BrokenFeedback {
  readonly id: string;
  readonly why: string;
}

/** In their order. One that was deleted meanwhile is in neither list. */
export async function readRecords(
  store: ObjectStore,
  model: string,
  ids: readonly string[],
): Promise<{ records: FeedbackRecord[]; broken: BrokenFeedback[] }> {
  const records: FeedbackRecord[] = [];
  const broken: BrokenFeedback[] = [];
  for (let from = 0; from < ids.length; from += AT_A_TIME) {
    const some = ids.slice(from, from + AT_A_TIME);
    const read = await Promise.all(some.map((id) => readRecord(store, model, id)));
    for (const [i, record] of read.entries()) {
      if (typeof record === 'string') broken.push({ id: some[i]!, why: record });
      else if (record) records.push(record);
    }
  }
  return { records, broken };
}

/** @returns why there is none to be had, where something is there */
export async function readRecord(
  store: ObjectStore,
  model: string,
  id: string,
): Promise<FeedbackRecord | string | undefined> {
  const object = await store.get(feedbackKeys.record(model, id));
  if (!object) return undefined;
  if (object.bytes.length > MAX_RECORD_BYTES) return `has ${object.bytes.length} bytes, more than a record has`;
  return readFeedbackRecord(new TextDecoder().decode(object.bytes), { model, id });
}

/** Record and image. What is not there is gone already. */
export async function deleteFeedback(store: ObjectStore, model: string, id: string): Promise<void> {
  await store.delete(feedbackKeys.image(model, id));
  await store.delete(feedbackKeys.record(model, id));
}
