/** Writes a run's learning curves to files: RUN/plots/accuracy.svg and .png, loss.svg and .png. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { writeAtomic } from '../files/atomic.ts';
import type { History } from '../fit/history.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { filePalette } from './chart.ts';
import { type Curve, curvesChart } from './sections/curves.ts';

const curves: readonly Curve[] = ['accuracy', 'loss'];

/** @returns the files' paths */
export async function writePlots(run: RunFolder, history: History): Promise<string[]> {
  const folder = join(run.path, 'plots');
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const curve of curves) {
    const svg = curvesChart(history, curve, filePalette);
    for (const [kind, content] of [
      ['svg', `${svg}\n`],
      ['png', await toPng(svg)],
    ] as const) {
      const path = join(folder, `${curve}.${kind}`);
      await writeAtomic(path, content);
      written.push(path);
    }
  }
  return written;
}

/** Twice the SVG's size, for high-density screens. */
const DENSITY = 144;

/** Gives the same PNG on every machine: text is set in Lato (Open Font License), which comes with the package. */
export async function toPng(svg: string): Promise<Buffer> {
  await loadFont();
  return sharp(Buffer.from(svg), { density: DENSITY }).png({ compressionLevel: 9, palette: true }).toBuffer();
}

let loaded: Promise<unknown> | undefined;

/**
 * A machine without fonts would draw a box for every letter. libvips registers a text's `fontfile` for the whole process,
 * where the SVG renderer finds it.
 */
function loadFont(): Promise<unknown> {
  const fontfile = fileURLToPath(import.meta.resolve('@expo-google-fonts/lato/400Regular/Lato_400Regular.ttf'));
  loaded ??= sharp({ text: { text: 'a', font: 'Lato', fontfile } }).toBuffer();
  return loaded;
}
