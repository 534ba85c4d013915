/** Opens an image folder as a data set: list, decode once, split, measure. */
import { createHash } from 'node:crypto';
import { readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { Target } from '@glimpse/shared/image/area-average/area-average';
import { TrainingError } from '../../training-error.ts';
import { type ChannelStatistics, channelStatistics, type DataSet, fingerprint } from '../data-set.ts';
import { type Classes, ImageSet } from '../image-set.ts';
import { type CachedImage, type DecodedCache, type OnProgress, openDecodedCache } from './decoded-cache.ts';
import { type Duplicates, findDuplicates } from './duplicates.ts';
import { listCsv } from './list-csv.ts';
import { listFolder, statOf } from './list-folder.ts';
import {
  checkImageCount,
  checkListing,
  invalid,
  type Listing,
  nameSome,
  type PartName,
  partNames,
  type Skipped,
} from './listing.ts';
import { type Split, type SplitOptions, splitImages } from './split.ts';

export interface ImageFolderOptions {
  readonly target: Target;
  readonly split: SplitOptions;
  /** Maximum share of unreadable files, 0 to 1. */
  readonly maxUnreadable: number;
}

export interface ImageFolder {
  readonly data: DataSet;
  readonly fingerprint: string;
  /** Of the training part. */
  readonly statistics: ChannelStatistics;
  readonly datasetReport: DatasetReport;
  readonly cache: Pick<DecodedCache, 'key' | 'folder' | 'images'>;
}

/** What to know about a data set before training on it. */
export interface DatasetReport {
  /** Numbers of images by part and class index. */
  readonly counts: Readonly<Record<PartName, readonly number[]>>;
  /** The majority-class baseline: the test accuracy of always answering the training part's most frequent class. */
  readonly majority: { readonly label: string; readonly share: number };
  readonly skipped: readonly Skipped[];
  readonly unreadable: {
    readonly count: number;
    readonly share: number;
    /** The first few, `path: reason`. */
    readonly examples: readonly string[];
    /** Path of the file with the full list. */
    readonly list: string;
  };
  readonly duplicates: Duplicates;
  /** Parts that the user chose; the others were drawn at random. */
  readonly givenParts: readonly PartName[];
  readonly warnings: readonly string[];
}

const EXAMPLES = 5;

/**
 * @param path a folder or a CSV
 * @throws {TrainingError} `data-unavailable`, `data-invalid`, or `data-unreadable` if the share of unreadable files exceeds
 * `maxUnreadable`
 */
export async function openImageFolder(
  path: string,
  options: ImageFolderOptions,
  onProgress: OnProgress,
): Promise<ImageFolder> {
  const listing = await list(path);
  checkListing(listing);
  const cache = await openDecodedCache(listing, options.target, onProgress);
  const unreadable = unreadableOf(cache, listing, options.maxUnreadable);
  // From here on, image indices count the readable images only; `places` maps them to positions in the cache.
  const places = Uint32Array.from(indicesOf(cache.images));
  const images = Array.from(places, (place) => cache.images[place] as ReadImage);
  checkReadable(images, listing);
  const split = splitImages(images, listing.labels, options.split);
  const counts = countsOf(images, split, listing.labels);
  const data = dataSetOf(path, { listing, cache, images, places, split, target: options.target });
  const { statistics, fingerprint } = await measure(data, cache, options.split);
  return {
    data,
    fingerprint,
    statistics,
    datasetReport: {
      counts,
      majority: majorityOf(counts, listing.labels),
      skipped: listing.skipped,
      unreadable,
      duplicates: findDuplicates(images, split),
      givenParts: partNames.filter((part) => images.some((image) => image.part === part)),
      warnings: warningsOf(counts, listing.labels),
    },
    cache,
  };
}

type ReadImage = CachedImage & { readonly pixelHash: string };

async function list(path: string): Promise<Listing> {
  const stats = await statOf(path);
  if (!stats)
    throw new TrainingError(
      'data-unavailable',
      `${path} is neither a folder nor a CSV. (glimpse data cifar10 downloads CIFAR-10.)`,
    );
  // The cache key contains the path, so that it must be canonical.
  const real = await realpath(path);
  return stats.isDirectory() ? listFolder(real) : listCsv(real);
}

function unreadableOf(
  { images, unreadablePath }: DecodedCache,
  { root }: Listing,
  maxUnreadable: number,
): DatasetReport['unreadable'] {
  const bad = images.filter(({ unreadable }) => unreadable !== undefined);
  const share = bad.length / images.length;
  const examples = bad.slice(0, EXAMPLES).map((image) => `${image.path}: ${image.unreadable}`);
  if (share > maxUnreadable) {
    throw new TrainingError(
      'data-unreadable',
      [
        `${bad.length} of ${images.length} files in ${root} cannot be read (${percent(share)}); the limit is ${percent(maxUnreadable)} (--max-unreadable).`,
        ...examples.map((line) => `  ${line}`),
        `Full list: ${unreadablePath}`,
      ].join('\n'),
    );
  }
  return { count: bad.length, share, examples, list: unreadablePath };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`;
}

function* indicesOf(images: readonly CachedImage[]): Generator<number> {
  for (const [index, { unreadable }] of images.entries()) if (unreadable === undefined) yield index;
}

function checkReadable(images: readonly ReadImage[], { labels, root }: Listing): void {
  const lacking = (has: ReadonlySet<number>) => labels.filter((_, index) => !has.has(index));
  const empty = lacking(new Set(images.map((image) => image.class)));
  if (empty.length > 0) throw invalid(`${nameSome(empty)} in ${root}: no image can be read.`);
  const trained = images.filter(({ part }) => part === undefined || part === 'train');
  const untrained = lacking(new Set(trained.map((image) => image.class)));
  if (untrained.length > 0)
    throw invalid(`${nameSome(untrained)} in ${root}: no image is in the training part. Add some.`);
  checkImageCount(images.length, root);
}

function countsOf(images: readonly ReadImage[], split: Split, labels: readonly string[]): DatasetReport['counts'] {
  const count = (part: PartName) => {
    const counts = new Array<number>(labels.length).fill(0);
    for (const index of split[part]) counts[images[index]!.class]!++;
    return counts;
  };
  const counts = { train: count('train'), validation: count('validation'), test: count('test') };
  return counts;
}

function majorityOf({ train, test }: DatasetReport['counts'], labels: readonly string[]): DatasetReport['majority'] {
  const index = train.indexOf(Math.max(...train));
  return { label: labels[index]!, share: test[index]! / test.reduce((sum, count) => sum + count, 0) };
}

function warningsOf(counts: DatasetReport['counts'], labels: readonly string[]): string[] {
  return (['validation', 'test'] as const).flatMap((part) => {
    const missing = labels.filter((_, index) => counts[part][index] === 0);
    return missing.length === 0
      ? []
      : [`${nameSome(missing)}: no image is in the ${part} part, so it is not measured.`];
  });
}

interface Contents {
  readonly listing: Listing;
  readonly cache: DecodedCache;
  readonly images: readonly ReadImage[];
  readonly places: Uint32Array;
  readonly split: Split;
  readonly target: Target;
}

function dataSetOf(path: string, { listing, cache, images, places, split, target }: Contents): DataSet {
  const { height, width, channels } = target;
  const part = (indices: Uint32Array) => {
    const classes: Classes = new (listing.labels.length > 256 ? Uint16Array : Uint8Array)(indices.length);
    for (const [i, index] of indices.entries()) classes[i] = images[index]!.class;
    return new ImageSet({
      pixels: cache.pixelsPath,
      imageBytes: height * width * channels,
      places: indices.map((index) => places[index]!),
      classes,
    });
  };
  return {
    name: nameOf(path),
    shape: [height, width, channels],
    labels: listing.labels,
    train: part(split.train),
    validation: part(split.validation),
    test: part(split.test),
    pathOf: (name, index) => images[split[name][index]!]!.path,
  };
}

/** A valid model name made from the folder's name: a-z, 0-9 and hyphens. */
function nameOf(path: string): string {
  const plain = basename(resolve(path), extname(path).toLowerCase() === '.csv' ? extname(path) : '')
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-|-$/g, '');
  return plain === '' ? 'images' : plain;
}

interface Measured {
  readonly statistics: ChannelStatistics;
  readonly fingerprint: string;
}

/** Cached next to the pixels, because it takes a minute for a million images and every verb needs it. */
async function measure(data: DataSet, { folder }: DecodedCache, split: SplitOptions): Promise<Measured> {
  const key = createHash('sha256')
    .update(JSON.stringify([split.seed, split.validation, split.test]))
    .digest('hex');
  const path = join(folder, `split-${key.slice(0, 16)}.json`);
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined) return JSON.parse(known) as Measured;
  const measured = { statistics: channelStatistics(data.train, data.shape[2]), fingerprint: fingerprint(data) };
  // Concurrent processes each write their own file, with the same content.
  const unfinished = `${path}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(measured));
  await rename(unfinished, path);
  return measured;
}
