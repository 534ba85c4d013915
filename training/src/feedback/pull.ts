/** Feedback from the private bucket into a folder that training takes. */
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { feedbackKeys } from '@glimpse/shared/feedback/names';
import type { FeedbackRecord, StoredImage } from '@glimpse/shared/feedback/record';
import { sha256 } from '@glimpse/shared/release/sha256';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import sharp from 'sharp';
import { writeAtomic } from '../files/atomic.ts';
import { TrainingError } from '../training-error.ts';
import {
  folderName,
  isThere,
  type PulledFeedback,
  placeOf,
  readPulled,
  writeLabels,
  writePulled,
} from './pulled-folder.ts';
import { type BrokenFeedback, listFeedback, readRecords } from './stored-feedback.ts';

export interface PullOptions {
  readonly model: string;
  /** Days before it are left as they are in the folder: `2026-11-25`. */
  readonly since?: string | undefined;
  readonly folder: string;
}

export interface Pulled {
  /** Records of the model in the folder. */
  readonly records: number;
  readonly images: number;
  /** Images that this call has fetched. */
  readonly fetched: number;
  /** Records that are gone from the bucket, and so from the folder. */
  readonly removed: number;
  /** What was passed over, with the reason. */
  readonly broken: readonly BrokenFeedback[];
  /** Labels that no folder can be called by; labels.csv has them in full. */
  readonly renamed: readonly string[];
}

/** Images that are fetched at a time. */
const AT_A_TIME = 8;

/**
 * May be broken off at any moment and run again, ends the same, and fetches no image twice. What was deleted in the bucket
 * is deleted here. Files of others in the folder are left alone.
 *
 * @throws {TrainingError} `store-failed`, `output-unwritable`
 */
export async function pull(store: ObjectStore, options: PullOptions): Promise<Pulled> {
  const { model, since = '', folder } = options;
  const listed = await listFeedback(store, model, since);
  const ids = listed.filter(({ hasRecord }) => hasRecord).map(({ id }) => id);
  const { records, broken } = await readRecords(store, model, ids);
  try {
    await mkdir(folder, { recursive: true });
    const before = await readPulled(folder);
    const isMine = ({ record }: PulledFeedback) => record.model === model && record.id.slice(0, 10) >= since;
    const others = before.filter((pulled) => !isMine(pulled));
    const planned = records.map((record) => ({ record, ...withFile(placeOf(record)) }));
    const removed = await moveAway(folder, before.filter(isMine), planned);
    // Ahead of the files: one that is in a folder is in the list, whenever this ends.
    await writePulled(folder, inOrder([...others, ...planned]));
    const fetched = await fetchImages(store, folder, planned);
    const pulled = planned.map(({ record, file }) => ({
      record,
      ...withFile(fetched.broken.some(({ id }) => id === record.id) ? undefined : file),
    }));
    const all = inOrder([...others, ...pulled]);
    await writePulled(folder, all);
    await writeLabels(folder, all);
    const mine = all.filter(({ record }) => record.model === model);
    const labels = new Set(mine.flatMap(({ record, file }) => (file ? [record.label] : [])));
    return {
      records: mine.length,
      images: mine.filter(({ file }) => file).length,
      fetched: fetched.count,
      removed,
      broken: [...broken, ...fetched.broken],
      renamed: [...labels].filter((label) => folderName(label) !== label),
    };
  } catch (cause) {
    if (cause instanceof TrainingError) throw cause;
    throw new TrainingError('output-unwritable', `${folder} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** Images of another label now go there; those that are gone from the bucket go. @returns how many records are gone */
async function moveAway(
  folder: string,
  before: readonly PulledFeedback[],
  planned: readonly PulledFeedback[],
): Promise<number> {
  const next = new Map(planned.map(({ record, file }) => [record.id, file]));
  for (const { record, file } of before) {
    if (!file || next.get(record.id) === file) continue;
    const target = next.get(record.id);
    if (target && (await isThere(folder, file))) {
      await mkdir(join(folder, dirname(target)), { recursive: true });
      await rename(join(folder, file), join(folder, target));
    } else await rm(join(folder, file), { force: true });
    // A class without images is none.
    await rmdir(join(folder, dirname(file))).catch(() => {});
  }
  return before.filter(({ record }) => !next.has(record.id)).length;
}

async function fetchImages(store: ObjectStore, folder: string, planned: readonly PulledFeedback[]) {
  const missing: { record: FeedbackRecord; file: string }[] = [];
  for (const { record, file } of planned) if (file && !(await isThere(folder, file))) missing.push({ record, file });
  const broken: BrokenFeedback[] = [];
  for (let from = 0; from < missing.length; from += AT_A_TIME) {
    const some = missing.slice(from, from + AT_A_TIME);
    const outcomes = await Promise.all(some.map(({ record, file }) => fetchImage(store, folder, record, file)));
    for (const [i, why] of outcomes.entries()) if (why) broken.push({ id: some[i]!.record.id, why });
  }
  return { count: missing.length - broken.length, broken };
}

/** @returns what is wrong with it, or undefined */
async function fetchImage(
  store: ObjectStore,
  folder: string,
  { model, id, picture: image }: FeedbackRecord,
  file: string,
): Promise<string | undefined> {
  const object = await store.get(feedbackKeys.image(model, id));
  if (!object) return 'has lost its image';
  if (!image || (await sha256(object.bytes)) !== image.sha256) return 'has an image of other bytes than it says';
  const bytes = await asFile(object.bytes, image);
  if (typeof bytes === 'string') return bytes;
  await mkdir(join(folder, dirname(file)), { recursive: true });
  await writeAtomic(join(folder, file), bytes);
  return undefined;
}

async function asFile(bytes: Uint8Array, { format, width = 0, height = 0 }: StoredImage) {
  if (format !== 'rgb8' && format !== 'grey8') return bytes;
  const channels = format === 'rgb8' ? 3 : 1;
  if (bytes.length !== width * height * channels) return `has pixels that are not ${width} x ${height}`;
  return sharp(bytes, { raw: { width, height, channels } }).png().toBuffer();
}

function withFile(file: string | undefined): { file?: string } {
  return file === undefined ? {} : { file };
}

function inOrder(pulled: readonly PulledFeedback[]): PulledFeedback[] {
  const key = ({ record }: PulledFeedback) => `${record.id} ${record.model}`;
  return [...pulled].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
