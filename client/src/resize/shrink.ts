/** What a browser makes of an image before it is sent: as small as the release that is to answer sees it. */
import type { InputContract } from '../answers.ts';
import type { Drawable } from '../image.ts';
import type { Choice, Releases } from './releases.ts';
import { pngOf, resize } from './resize.ts';
import { type Answered, classifySmall, isWorthwhile } from './small.ts';

/** @returns undefined where the image is to be sent as it is */
export function classifyShrunk<Answer extends Answered>(
  releases: Releases,
  choice: Choice,
  source: Blob | Drawable,
  send: (pixels: Uint8Array<ArrayBuffer>) => Promise<Answer>,
): Promise<Answer | undefined> {
  return classifySmall(releases, choice, (input) => shrink(source, input), send);
}

/** @returns a file for a form; undefined where the image is to be sent as it is */
export async function shrunkFile(
  releases: Releases,
  choice: Choice,
  source: Blob | Drawable,
): Promise<Blob | undefined> {
  const release = await releases.chosen(choice);
  const pixels = release && (await shrink(source, release.input));
  return pixels && pngOf(pixels, release.input);
}

/** Undefined where nothing is gained by it, or it cannot be done here. */
async function shrink(source: Blob | Drawable, input: InputContract): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (source instanceof Blob && !isWorthwhile(source, input)) return undefined;
  return (await resize(source, input))?.pixels;
}
