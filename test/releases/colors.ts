/** A data set that a small network learns in seconds, and training runs on it by the command line. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Ended, events } from './command-line.ts';

export const CLASSES = 5;

/** One color per class, with noise. */
export async function writeColors(root: string): Promise<void> {
  for (let color = 0; color < CLASSES; color++) {
    await mkdir(join(root, `color-${color}`), { recursive: true });
    for (let n = 0; n < 40; n++) {
      const pixels = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => {
        const level = [(color % 3) * 100, Math.floor(color / 3) * 100, 50][i % 3]!;
        return level + ((i * 7919 + n * 104729 + color * 31) % 56);
      });
      await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
        .png()
        .toFile(join(root, `color-${color}/${n}.png`));
    }
  }
}

/**
 * Trains and quantizes a run on `colors` in the working folder.
 *
 * @param more options of `train`; they override the defaults here
 */
export async function trainOnColors(
  done: (...args: string[]) => Promise<Ended>,
  ...more: string[]
): Promise<{ run: string; version: string }> {
  const fixed = ['--engine', 'wasm', '--arch', 'cifar10-small', '--size', '32', '--batch-size', '10', '--test', '.5'];
  const usual = ['--epochs', '10', '--learning-rate', '.01'];
  const { out } = await done('--json', 'train', '--data', 'colors', ...fixed, ...usual, ...more);
  const run = events(out, 'finished')[0]!.path as string;
  const quantized = await done('--json', 'quantize', run, '--max-drop', '100');
  return { run, version: events(quantized.out, 'release')[0]!.version as string };
}
