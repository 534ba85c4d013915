/** Creates folders of small images for tests: `{ 'cat/1.png': 7 }` writes image number 7 there. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { randomStream } from '@glimpse/training/engines/random';
import sharp from 'sharp';

const SIDE = 8;

/** A PNG of 8x8 noise, different for each number. */
export function noisePng(number: number): Promise<Buffer> {
  const random = randomStream(number, 'noise');
  const pixels = Uint8Array.from({ length: SIDE * SIDE * 3 }, () => random() % 256);
  return sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .png()
    .toBuffer();
}

export type Entries = Readonly<Record<string, number | string | Uint8Array>>;

/** @param entries by path: the number of an image, or the content of a file */
export async function writeEntries(root: string, entries: Entries): Promise<void> {
  for (const [path, entry] of Object.entries(entries)) {
    await mkdir(join(root, dirname(path)), { recursive: true });
    await writeFile(join(root, path), typeof entry === 'number' ? await noisePng(entry) : entry);
  }
}

/** `count` different images per class: `<class>/<n>.png`. Numbers start at `from`, so that folders can differ. */
export function classEntries(classes: readonly string[], count: number, from = 0): Record<string, number> {
  const paths = classes.flatMap((name) => Array.from({ length: count }, (_, i) => `${name}/${i}.png`));
  return Object.fromEntries(paths.map((path, i) => [path, from + i]));
}
