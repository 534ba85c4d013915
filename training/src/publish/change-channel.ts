/** Points a channel at a version that is stored, once it is certain that the version can be served. */

import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import type { Move } from '@glimpse/shared/release/channels';
import { Classifier } from '@glimpse/shared/release/classifier';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { TrustedKey } from '@glimpse/shared/release/signature';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { commitMove, type ReadChannels } from './move.ts';
import type { Release } from './release-folder.ts';
import { readStoredRelease } from './stored-release.ts';

/**
 * @param before what the move was decided by
 * @param trusted where they are given, the version must be signed by one of them
 * @returns false when the channel serves the version, with that percent, already
 * @throws {ReleaseError} @throws {NetworkError} why the version cannot be served: nothing was moved
 * @throws {TrainingError} `publish-conflict`
 */
export async function changeChannel(
  store: ObjectStore,
  model: string,
  before: ReadChannels,
  move: Omit<Move, 'from'>,
  trusted: readonly TrustedKey[] | undefined,
): Promise<boolean> {
  const served = before.channels?.channels[move.channel];
  if (served?.version === move.to && served.percent === move.percent) return false;
  await assertAnswers(await readStoredRelease(store, model, move.to, trusted));
  await commitMove(store, model, before, move);
  return true;
}

/** Loads the network as the Worker does and asks it once. @throws {ReleaseError} @throws {NetworkError} */
export async function assertAnswers({ manifest, files }: Release): Promise<void> {
  await useWasmBackend();
  const classifier = Classifier.fromRelease(manifest, files);
  try {
    const { height, width, channels } = manifest.input;
    const scores = classifier.classify(new Uint8Array(height * width * channels).fill(128));
    const sum = scores.reduce((total, score) => total + score, 0);
    if (!(Math.abs(sum - 1) < 1e-3)) {
      throw new ReleaseError(
        'release-malformed',
        `${manifest.model} ${manifest.version} answers with scores whose sum is ${sum}, not 1: it is no classifier.`,
      );
    }
  } finally {
    classifier.dispose();
  }
}
