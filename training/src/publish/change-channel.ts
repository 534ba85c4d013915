/** Moves a channel to a stored version after checking that the version can be served. */

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
 * @param before the channels that the move is based on
 * @param trusted if given, one of these keys must have signed the version
 * @returns false if the channel already serves the version with that percent
 * @throws {ReleaseError} @throws {NetworkError} if the version cannot be served; nothing is moved
 * @throws {TrainingError} `publish-conflict`
 */
export async function changeChannel(
  store: ObjectStore,
  model: string,
  before: ReadChannels,
  move: Omit<Move, 'from'>,
  trusted: readonly TrustedKey[] | undefined,
  options: { readonly rollback?: boolean } = {},
): Promise<boolean> {
  const served = before.channels?.channels[move.channel];
  if (served?.version === move.to && served.percent === move.percent) return false;
  await assertAnswers(await readStoredRelease(store, model, move.to, trusted));
  await commitMove(store, model, before, move, options);
  return true;
}

/** Loads the network as the Worker does, and classifies one image. @throws {ReleaseError} @throws {NetworkError} */
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
        `${manifest.model} ${manifest.version} gives scores that sum to ${sum} instead of 1: it is not a classifier.`,
      );
    }
  } finally {
    classifier.dispose();
  }
}
