/** Opens the data set that a name or path on the command line selects, or that a run recorded. */
import { resolve } from 'node:path';
import { type InputContract, unnormalized } from '@glimpse/shared/image/input-contract';
import { TrainingError } from '../training-error.ts';
import { cifar10Fingerprint, loadCifar10, type OnStep } from './cifar10.ts';
import type { DataRecord, ImageFolderRecord } from './data-record.ts';
import type { DataSet } from './data-set.ts';
import { cachedImages, describeChanges } from './image-folder/decoded-cache.ts';
import { type DatasetReport, type ImageFolder, openImageFolder } from './image-folder/image-folder.ts';

/** Data sets that Glimpse downloads, by name. To add one, add its loader here. A folder of the same name is ./name. */
const namedDataSets: ReadonlyMap<string, NamedDataSet> = new Map([
  ['cifar10', { load: loadCifar10, fingerprint: cifar10Fingerprint }],
]);

interface NamedDataSet {
  /** Downloads the data set if necessary, and verifies every byte. */
  readonly load: (onStep: OnStep) => Promise<DataSet>;
  /** Of the data set that `load` returns. */
  readonly fingerprint: string;
}

export const knownDataSets: readonly string[] = [...namedDataSets.keys()];

/** How an image folder is read. Not used for named data sets. */
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
  /** The input contract of a model for this data, normalized with the training part's statistics unless the data set is named. */
  readonly input: InputContract;
  /** Only for an image folder. */
  readonly datasetReport?: DatasetReport;
}

/** Receives progress messages, and the progress of decoding an image folder. */
export interface DataProgress {
  step(step: string): void;
  decoded(done: number, total: number): void;
}

/**
 * @param name a named data set, or the path of a folder or CSV
 * @throws {TrainingError} `data-unavailable`, `data-altered`, `data-invalid`, `data-unreadable`
 */
export async function openData(name: string, choice: ImageFolderChoice, progress: DataProgress): Promise<OpenedData> {
  const set = namedDataSets.get(name);
  return set ? openNamed(await set.load(progress.step), set.fingerprint) : openFolder(resolve(name), choice, progress);
}

/**
 * Opens the data set of a run. Data that has changed since training is rejected, because metrics on it are not comparable
 * with those in the run's record.
 *
 * @throws {TrainingError} like `openData`, and `data-changed`, which lists what was added, removed and changed if the cache
 * still has the earlier list of files
 */
export async function reopenData(record: DataRecord, progress: DataProgress): Promise<OpenedData> {
  const { ownPictures: imageFolder } = record;
  if (!imageFolder && !namedDataSets.has(record.name)) {
    throw new TrainingError(
      'data-unavailable',
      `The location of the data set "${record.name}" is not recorded. Pass its folder: --data DIR`,
    );
  }
  if (!imageFolder) {
    const opened = await openData(record.name, imageFolderDefaults, progress);
    if (opened.record.fingerprint !== record.fingerprint) throw changed(record, '');
    return opened;
  }
  const { path, height, width, channels, fit, splitSeed, validation, test, maxUnreadable } = imageFolder;
  const choice = { height, width, channels, fit, splitSeed, validation, test, maxUnreadable };
  const opened = await openFolder(path, choice, progress);
  if (opened.record.fingerprint === record.fingerprint) return opened;
  const before = await cachedImages(imageFolder.prepared);
  throw changed(
    record,
    before ? describeChanges(before, opened.cache.images) : 'the cache no longer has the earlier list of files',
  );
}

function changed({ name, ownPictures: imageFolder }: DataRecord, what: string): TrainingError {
  const place = imageFolder ? imageFolder.path : name;
  return new TrainingError(
    'data-changed',
    `${place} has changed since the run was created${what === '' ? '' : `: ${what}`}. Restore the files, or train a new run on the current files.`,
  );
}

function openNamed(data: DataSet, fingerprint: string): OpenedData {
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
    // The tutorial doesn't normalize.
    input: unnormalized({ height, width, channels: channels as 1 | 3, fit: 'stretch' }),
  };
}

async function openFolder(
  path: string,
  choice: ImageFolderChoice,
  progress: DataProgress,
): Promise<OpenedData & Pick<ImageFolder, 'cache'>> {
  const { height, width, channels, fit, splitSeed, validation, test, maxUnreadable } = choice;
  const target = { height, width, channels, fit };
  const { data, fingerprint, statistics, datasetReport, cache } = await openImageFolder(
    path,
    { target, split: { seed: splitSeed, validation, test }, maxUnreadable },
    progress.decoded,
  );
  // The name "cifar10" is reserved for CIFAR-10, even if a folder has this name.
  const name = namedDataSets.has(data.name) ? `own-${data.name}` : data.name;
  return {
    data: { ...data, name },
    record: {
      name,
      fingerprint,
      train: data.train.count,
      validation: data.validation.count,
      test: data.test.count,
      ownPictures: { path, ...choice, prepared: cache.key },
    },
    input: { ...target, mean: [...statistics.mean], standardDeviation: [...statistics.standardDeviation] },
    datasetReport,
    cache,
  };
}
