/** One damaged file through the reader, and whether all is as promised. */

import { ImageError } from '@glimpse/shared/image/image-error';
import type { InputContract } from '@glimpse/shared/image/input-contract';
import type { ReadImage } from '@glimpse/shared/image/read-image';
import { samePixelLimit } from '../support/image/any-format.ts';

/** Small, so that an execution takes microseconds; the code behind it is the same. */
const target: InputContract = {
  height: 8,
  width: 8,
  channels: 3,
  fit: 'cover',
  mean: [0, 0, 0],
  standardDeviation: [1, 1, 1],
};
const PIXELS = 20_000;
const limits = samePixelLimit(PIXELS);

/** CPU time, as others may keep the machine busy: more than any legal file of these sizes needs, many times over. */
const MAX_MS = 2_000;

/** `read`, or the code of the ImageError: what a second run has to give as well. */
export type Outcome = string;

/** @throws {Error} saying which promise is broken */
export async function execute(readImage: ReadImage, bytes: Uint8Array): Promise<Outcome> {
  const started = process.cpuUsage();
  const outcome = await run(readImage, bytes);
  const { user, system } = process.cpuUsage(started);
  const taken = (user + system) / 1000;
  if (taken > MAX_MS) throw new Error(`it took ${taken.toFixed(0)} ms`);
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
