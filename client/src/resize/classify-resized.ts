/** Sends an image as the few pixels that the model sees, and makes sure that they fit the release that answers. */
import type { InputContract } from '../answers.ts';
import type { Drawable } from '../image.ts';
import { type Release, type ReleaseSelector, type Releases, sameInput } from './releases.ts';
import { pngOf, resize } from './resize.ts';

/** The part of an answer that says which release gave it. */
export interface Answered {
  readonly model: { readonly name: string; readonly version: string };
}

/** A file is resized if it is more than this many times larger than the pixels. */
const MIN_SAVING = 2;

/** @returns undefined if the image has to be sent as it is */
export function classifyResized<Answer extends Answered>(
  releases: Releases,
  selector: ReleaseSelector,
  source: Blob | Drawable,
  send: (pixels: Uint8Array<ArrayBuffer>) => Promise<Answer>,
): Promise<Answer | undefined> {
  return classifyPixels(releases, selector, (input) => pixelsOf(source, input), send);
}

/**
 * The release that answers may differ from the expected one, e.g. during a canary. If it requires other pixels, they are
 * sent in a second request.
 *
 * @param pixelsFor the pixels for a release; undefined if the image should be sent as it is
 * @returns undefined if the image has to be sent as it is
 */
export async function classifyPixels<Answer extends Answered>(
  releases: Releases,
  selector: ReleaseSelector,
  pixelsFor: (input: InputContract) => Promise<Uint8Array<ArrayBuffer> | undefined>,
  send: (pixels: Uint8Array<ArrayBuffer>) => Promise<Answer>,
): Promise<Answer | undefined> {
  let release = await releases.select(selector);
  for (let attempt = 0; attempt < 2; attempt++) {
    const pixels = release && (await pixelsFor(release.input));
    if (!release || !pixels) return undefined;
    try {
      const answer = await send(pixels);
      const other = await mismatchedRelease(releases, answer, release);
      if (!other) return answer;
      release = other;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'pixels-wrong-length') throw error;
      releases.clear();
      release = await releases.select(selector);
    }
  }
  return undefined;
}

/** @returns a file for a form; undefined if the image has to be sent as it is */
export async function resizedFile(
  releases: Releases,
  selector: ReleaseSelector,
  source: Blob | Drawable,
): Promise<Blob | undefined> {
  const release = await releases.select(selector);
  const pixels = release && (await pixelsOf(source, release.input));
  return pixels && pngOf(pixels, release.input);
}

/** Whether every answer came from a release with the same input as the selected one. */
export async function allMatch(
  releases: Releases,
  answers: readonly Answered[],
  selector: ReleaseSelector,
): Promise<boolean> {
  const release = await releases.select(selector);
  const others = await Promise.all(answers.map((answer) => release && mismatchedRelease(releases, answer, release)));
  return others.every((other) => other === undefined);
}

/** Whether a file is so much larger than the model's input that resizing it pays off. */
export function isWorthResizing(file: Blob, { height, width, channels }: InputContract): boolean {
  return file.size > MIN_SAVING * height * width * channels;
}

/** The release that answered, if its input differs from that of the expected release. */
async function mismatchedRelease(
  releases: Releases,
  { model }: Answered,
  expected: Release,
): Promise<Release | undefined> {
  if (model.version === expected.version) return undefined;
  const actual = await releases.get(model.name, model.version);
  return actual && sameInput(actual.input, expected.input) ? undefined : (actual ?? expected);
}

async function pixelsOf(source: Blob | Drawable, input: InputContract): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (source instanceof Blob && !isWorthResizing(source, input)) return undefined;
  return (await resize(source, input))?.pixels;
}
