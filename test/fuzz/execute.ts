/** Decodes one damaged file and checks the guarantees of the reader. */

import { ImageError } from '@glimpse/shared/image/image-error';
import type { InputContract } from '@glimpse/shared/image/input-contract';
import type { ReadImage } from '@glimpse/shared/image/read-image';
import { samePixelLimit } from '../support/image/any-format.ts';

/** Small, so that an execution takes microseconds. It runs the same code. */
const target: InputContract = {
  height: 8,
  width: 8,
  channels: 3,
  fit: 'cover',
  mean: [0, 0, 0],
  standardDeviation: [1, 1, 1],
};
const MAX_PIXELS = 20_000;
const limits = samePixelLimit(MAX_PIXELS);

/** CPU time, so that a busy machine does not matter. Many times what any valid file of these sizes needs. */
const MAX_MS = 2_000;

/** `read` with the pixels, or the code of the ImageError. A second run must give the same. */
export type Outcome = string;

/** @throws {Error} if a guarantee is violated */
export async function execute(readImage: ReadImage, bytes: Uint8Array): Promise<Outcome> {
  const started = process.cpuUsage();
  const outcome = await run(readImage, bytes);
  const { user, system } = process.cpuUsage(started);
  const taken = (user + system) / 1000;
  if (taken > MAX_MS) throw new Error(`it took ${taken.toFixed(0)} ms of CPU time`);
  return outcome;
}

async function run(readImage: ReadImage, bytes: Uint8Array): Promise<Outcome> {
  try {
    const { pixels, width, height } = await readImage(bytes, target, limits);
    if (pixels.length !== 192 || width < 1 || height < 1)
      throw new Error(`${pixels.length} bytes, ${width} x ${height}`);
    return `read ${width} ${height} ${pixels.join()}`;
  } catch (error) {
    if (error instanceof ImageError) return error.code;
    throw error;
  }
}
