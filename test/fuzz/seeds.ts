/** The inputs of mutations: small images of every format and variant, and earlier findings. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { photo } from '../images/photo.ts';
import { ROOT } from '../support/worker/start-worker.ts';

/** Mutations of small files are more effective, and they decode fast. */
export const MAX_SEED_BYTES = 4096;

export async function fuzzSeeds(): Promise<Uint8Array[]> {
  const made: Promise<Buffer>[] = [];
  for (const [width, height] of [
    [1, 1],
    [17, 9],
    [24, 24],
  ] as const) {
    const make = () => photo(width, height, width);
    made.push(make().jpeg({ quality: 70 }).toBuffer());
    made.push(make().jpeg({ quality: 95, chromaSubsampling: '4:4:4', progressive: true }).toBuffer());
    made.push(make().jpeg({ progressive: true, mozjpeg: true }).toBuffer());
    made.push(make().grayscale().jpeg().toBuffer());
    made.push(make().toColourspace('cmyk').jpeg().toBuffer());
    made.push(
      make()
        .withExif({ IFD0: { Orientation: '6' } })
        .jpeg()
        .toBuffer(),
    );
    made.push(make().png().toBuffer());
    made.push(make().png({ progressive: true }).toBuffer());
    made.push(make().png({ palette: true, colors: 8 }).toBuffer());
    made.push(make().toColourspace('rgb16').png().toBuffer());
    made.push(make().ensureAlpha(0.5).png().toBuffer());
    made.push(make().webp().toBuffer());
    made.push(make().ensureAlpha(0.5).webp({ lossless: true }).toBuffer());
    made.push(make().gif().toBuffer());
    made.push(make().withIccProfile('p3').png().toBuffer());
  }
  const seeds: Uint8Array[] = await Promise.all(made);
  for (const folder of [join(ROOT, '../shared/corpus/files'), join(ROOT, 'test/fuzz/findings')]) {
    if (!existsSync(folder)) continue;
    for (const name of (await readdir(folder)).sort()) seeds.push(await readFile(join(folder, name)));
  }
  sharp.cache(false);
  return seeds.map((seed) => new Uint8Array(seed)).filter(({ length }) => length > 0 && length <= MAX_SEED_BYTES);
}
