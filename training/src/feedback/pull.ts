/** Pulls feedback from the account store into an image folder. */
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
  /** The first day to pull, `2026-11-25`; earlier days in the folder are untouched. */
  readonly since?: string | undefined;
  readonly folder: string;
}

export interface Pulled {
  /** Records of the model in the folder. */
  readonly records: number;
  readonly images: number;
  /** Images fetched by this call. */
  readonly fetched: number;
  /** Records deleted from the folder because they were deleted from the store. */
  readonly removed: number;
  /** Skipped records, with the reason. */
  readonly broken: readonly BrokenFeedback[];
  /** Labels that are not valid folder names; labels.csv has them in full. */
  readonly renamed: readonly string[];
}

/** Concurrent downloads. */
const BATCH_SIZE = 8;

/**
 * Safe to interrupt and to repeat: no image is fetched twice. Feedback that was deleted from the store is deleted here, and
 * other files in the folder are untouched.
 *
 * @throws {TrainingError} `output-unwritable` @throws {StoreError}
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
    // Before the files: a file in the folder is in the list, even if this is interrupted.
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

/** Moves images whose label changed, and deletes those that the store no longer has. @returns how many records were deleted */
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
    // An empty folder would be a class without images.
    await rmdir(join(folder, dirname(file))).catch(() => {});
  }
  return before.filter(({ record }) => !next.has(record.id)).length;
}

async function fetchImages(store: ObjectStore, folder: string, planned: readonly PulledFeedback[]) {
  const missing: { record: FeedbackRecord; file: string }[] = [];
  for (const { record, file } of planned) if (file && !(await isThere(folder, file))) missing.push({ record, file });
  const broken: BrokenFeedback[] = [];
  for (let from = 0; from < missing.length; from += BATCH_SIZE) {
    const some = missing.slice(from, from + BATCH_SIZE);
    const outcomes = await Promise.all(some.map(({ record, file }) => fetchImage(store, folder, record, file)));
    for (const [i, why] of outcomes.entries()) if (why) broken.push({ id: some[i]!.record.id, why });
  }
  return { count: missing.length - broken.length, broken };
}

/** @returns what is wrong, or undefined */
async function fetchImage(
  store: ObjectStore,
  folder: string,
  { model, id, picture: image }: FeedbackRecord,
  file: string,
): Promise<string | undefined> {
  const object = await store.get(feedbackKeys.image(model, id));
  if (!object) return 'has no image in the store';
  if (!image || (await sha256(object.bytes)) !== image.sha256) return 'has an image that does not match its hash';
  const bytes = await asFile(object.bytes, image);
  if (typeof bytes === 'string') return bytes;
  await mkdir(join(folder, dirname(file)), { recursive: true });
  await writeAtomic(join(folder, file), bytes);
  return undefined;
}

async function asFile(bytes: Uint8Array, { format, width = 0, height = 0 }: StoredImage) {
  if (format !== 'rgb8' && format !== 'grey8') return bytes;
  const channels = format === 'rgb8' ? 3 : 1;
  if (bytes.length !== width * height * channels) return `has pixel data that is not ${width} x ${height}`;
  return sharp(bytes, { raw: { width, height, channels } }).png().toBuffer();
}

function withFile(file: string | undefined): { file?: string } {
  return file === undefined ? {} : { file };
}

function inOrder(pulled: readonly PulledFeedback[]): PulledFeedback[] {
  const key = ({ record }: PulledFeedback) => `${record.id} ${record.model}`;
  return [...pulled].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
