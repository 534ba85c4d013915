/** A name or a path on the command line → a data set; the record in a run → the same data set again. */
import { resolve } from 'node:path';
import { type InputContract, unnormalized } from '@glimpse/shared/image/input-contract';
import { TrainingError } from '../training-error.ts';
import { cifar10Fingerprint, loadCifar10, type OnStep } from './cifar10.ts';
import type { DataRecord, ImageFolderRecord } from './data-record.ts';
import type { DataSet } from './data-set.ts';
import { describeChanges } from './image-folder/changes.ts';
import { preparedBefore } from './image-folder/decoded-cache.ts';
import { type DatasetReport, type ImageFolder, openImageFolder } from './image-folder/image-folder.ts';

/** Data sets that Glimpse fetches, by name. A folder of the same name is given as ./name. */
const known: ReadonlyMap<string, KnownDataSet> = new Map([
  ['cifar10', { load: loadCifar10, fingerprint: cifar10Fingerprint }],
]);

interface KnownDataSet {
  /** Verifies every byte. */
  readonly load: (onStep: OnStep) => Promise<DataSet>;
  /** Of what `load` gives. */
  readonly fingerprint: string;
}

export const knownDataSets: readonly string[] = [...known.keys()];

/** How image folder are read; a data set known by name takes none of it. */
export type ImageFolderChoice = Omit<ImageFolderRecord, 'path' | 'prepared'>;

export const imageFolderDefaults: ImageFolderChoice = {
  height: 64,
  width: 64,
  channels: 3,
  fit: 'stretch',
  splitSeed: 1,
  validation: 0.1,
  test: 0.1,
  maxUnreadable: 0.01,
};

export interface OpenedData {
  readonly data: DataSet;
  /** For the run's config. */
  readonly record: DataRecord;
  /** What a model for these data eats; it normalizes with the training part's statistics, CIFAR-10 as the tutorial does. */
  readonly input: InputContract;
  /** Of image folder. */
  readonly findings?: DatasetReport;
}

/** Told what is being done, and how far the decoding of image folder is. */
export interface DataProgress {
  step(step: string): void;
  decoded(done: number, total: number): void;
}

/**
 * @param name of a known data set, or the path of a folder or CSV
 * @throws {TrainingError} `data-unavailable`, `data-altered`, `data-invalid`, `data-unreadable`
 */
export async function openData(name: string, choice: ImageFolderChoice, progress: DataProgress): Promise<OpenedData> {
  const set = known.get(name);
  return set ? openKnown(await set.load(progress.step), set.fingerprint) : openOwn(resolve(name), choice, progress);
}

/**
 * The data of a run. Other data than it was trained on are refused: what is measured on them would stand in its record as
 * if they were the same.
 *
 * @throws {TrainingError} as `openData`, and `data-changed`, which says what was added, removed and changed where the cache
 * still knows
 */
export async function reopenData(record: DataRecord, progress: DataProgress): Promise<OpenedData> {
  const { ownPictures: imageFolder } = record;
  if (!imageFolder && !known.has(record.name)) {
    throw new TrainingError(
      'data-unavailable',
      `The record does not say where the data "${record.name}" are. Name their folder: --data DIR`,
    );
  }
  if (!imageFolder) {
    const opened = await openData(record.name, imageFolderDefaults, progress);
    if (opened.record.fingerprint !== record.fingerprint) throw changed(record, '');
    return opened;
  }
  const { path, height, width, channels, fit, splitSeed, validation, test, maxUnreadable } = imageFolder;
  const choice = { height, width, channels, fit, splitSeed, validation, test, maxUnreadable };
  const opened = await openOwn(path, choice, progress);
  if (opened.record.fingerprint === record.fingerprint) return opened;
  const before = await preparedBefore(imageFolder.prepared);
  throw changed(
    record,
    before ? describeChanges(before, opened.prepared.images) : 'its earlier list of files is no longer in the cache',
  );
}

function changed({ name, ownPictures: imageFolder }: DataRecord, what: string): TrainingError {
  const where = imageFolder ? `${imageFolder.path} has changed since` : `${name} is not what it was when`;
  return new TrainingError(
    'data-changed',
    `${where} the run was made${what === '' ? '' : `: ${what}`}. Put the files back as they were, or train a new run on what is there now.`,
  );
}

function openKnown(data: DataSet, fingerprint: string): OpenedData {
  const [height, width, channels] = data.shape;
  return {
    data,
    record: {
      name: data.name,
      fingerprint,
      train: data.train.count,
      validation: data.validation.count,
      test: data.test.count,
    },
    // As the tutorial does.
    input: unnormalized({ height, width, channels: channels as 1 | 3, fit: 'stretch' }),
  };
}

async function openOwn(
  path: string,
  choice: ImageFolderChoice,
  progress: DataProgress,
): Promise<OpenedData & Pick<ImageFolder, 'prepared'>> {
  const { height, width, channels, fit, splitSeed, validation, test, maxUnreadable } = choice;
  const target = { height, width, channels, fit };
  const { data, fingerprint, statistics, findings, prepared } = await openImageFolder(
    path,
    { target, split: { seed: splitSeed, validation, test }, maxUnreadable },
    progress.decoded,
  );
  // "cifar10" means CIFAR-10, whatever a folder is called.
  const name = known.has(data.name) ? `own-${data.name}` : data.name;
  return {
    data: { ...data, name },
    record: {
      name,
      fingerprint,
      train: data.train.count,
      validation: data.validation.count,
      test: data.test.count,
      ownPictures: { path, ...choice, prepared: prepared.key },
    },
    input: { ...target, mean: [...statistics.mean], standardDeviation: [...statistics.standardDeviation] },
    findings,
    prepared,
  };
}
