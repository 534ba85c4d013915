/** The plots of a run as files: RUN/plots/accuracy.svg and .png, loss.svg and .png. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomic } from '../files/atomic.ts';
import type { History } from '../fit/history.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { paletteOfFile } from './chart.ts';
import { type Curve, curvesChart } from './curves-chart.ts';
import { pngOf } from './png.ts';

const curves: readonly Curve[] = ['accuracy', 'loss'];

/** @returns the files' paths */
export async function writePlots(run: RunFolder, history: History): Promise<string[]> {
  const folder = join(run.path, 'plots');
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const curve of curves) {
    const svg = curvesChart(history, curve, paletteOfFile);
    for (const [kind, content] of [
      ['svg', `${svg}\n`],
      ['png', await pngOf(svg)],
    ] as const) {
      const path = join(folder, `${curve}.${kind}`);
      await writeAtomic(path, content);
      written.push(path);
    }
  }
  return written;
}
