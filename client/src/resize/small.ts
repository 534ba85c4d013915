/** Classifies by the few pixels that a release eats, whichever release answers. */
import type { InputContract } from '../answers.ts';
import { type Choice, type Release, type Releases, sameTarget } from './releases.ts';

/** Of an answer, which release gave it. */
export interface Answered {
  readonly model: { readonly name: string; readonly version: string };
}

const WORTHWHILE = 2;

/**
 * An answer is always that of one release: where another one answers than was asked for what it eats, such as a canary,
 * and it eats other pixels, it gets those.
 *
 * @param pixelsFor what a release eats, or undefined where the image is better sent as it is
 * @returns undefined where the image is to be sent as it is
 */
export async function classifySmall<Answer extends Answered>(
  releases: Releases,
  choice: Choice,
  pixelsFor: (input: InputContract) => Promise<Uint8Array<ArrayBuffer> | undefined>,
  send: (pixels: Uint8Array<ArrayBuffer>) => Promise<Answer>,
): Promise<Answer | undefined> {
  let release = await releases.chosen(choice);
  for (let attempt = 0; attempt < 2; attempt++) {
    const pixels = release && (await pixelsFor(release.input));
    if (!release || !pixels) return undefined;
    try {
      const answer = await send(pixels);
      const eater = await otherEater(releases, answer, release);
      if (!eater) return answer;
      release = eater;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'pixels-wrong-length') throw error;
      releases.forget();
      release = await releases.chosen(choice);
    }
  }
  return undefined;
}

/** Whether all of these answers are of releases that eat what the chosen one does. */
export async function allFit(releases: Releases, answers: readonly Answered[], choice: Choice): Promise<boolean> {
  const release = await releases.chosen(choice);
  const others = await Promise.all(answers.map((answer) => release && otherEater(releases, answer, release)));
  return others.every((other) => other === undefined);
}

/** The release of the answer, where it eats other pixels than this one. */
async function otherEater(releases: Releases, { model }: Answered, release: Release): Promise<Release | undefined> {
  if (model.version === release.version) return undefined;
  const other = await releases.of(model.name, model.version);
  return other && sameTarget(other.input, release.input) ? undefined : (other ?? release);
}

/** Whether a file is so much more than what a release eats that making it smaller pays. */
export function isWorthwhile(file: Blob, { height, width, channels }: InputContract): boolean {
  return file.size > WORTHWHILE * height * width * channels;
}
