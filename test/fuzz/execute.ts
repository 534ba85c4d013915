/** One damaged file through the reader, and whether all is as promised. */
import type { InputContract } from '@glimpse/shared/picture/input-contract';
import { PictureError } from '@glimpse/shared/picture/picture-error';
import type { ReadPicture } from '@glimpse/shared/picture/read-picture';

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
const limits = { jpeg: PIXELS, png: PIXELS, webp: PIXELS, gif: PIXELS };

/** CPU time, as others may keep the machine busy: more than any legal file of these sizes needs, many times over. */
const MOST_MS = 2_000;

/** `read`, or the code of the PictureError: what a second run has to give as well. */
export type Outcome = string;

/** @throws {Error} saying which promise is broken */
export async function execute(readPicture: ReadPicture, bytes: Uint8Array): Promise<Outcome> {
  const started = process.cpuUsage();
  const outcome = await run(readPicture, bytes);
  const { user, system } = process.cpuUsage(started);
  const taken = (user + system) / 1000;
  if (taken > MOST_MS) throw new Error(`it took ${taken.toFixed(0)} ms`);
  return outcome;
}

async function run(readPicture: ReadPicture, bytes: Uint8Array): Promise<Outcome> {
  try {
    const { pixels, width, height } = await readPicture(bytes, target, limits);
    if (pixels.length !== 192 || width < 1 || height < 1)
      throw new Error(`${pixels.length} bytes, ${width} x ${height}`);
    return `read ${width} ${height} ${pixels.join()}`;
  } catch (error) {
    if (error instanceof PictureError) return error.code;
    throw error;
  }
}
