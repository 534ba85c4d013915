/** Which releases the Worker may serve, regardless of what is in the store. */
import type { Manifest } from '@glimpse/shared/release/manifest';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { parsePublicKeys, type ReadSignature, verifyManifest } from '@glimpse/shared/release/signature';

export interface Trust {
  /** The public keys of TRUSTED_KEYS. Empty: signatures are not verified. */
  readonly keys: string;
  /** By model: the time stamp (`20261125T0915Z`) of the oldest version that may be served. */
  readonly floors: ReadonlyMap<string, string>;
}

/** The warning of a Worker without trusted keys. */
export const UNVERIFIED =
  'TRUSTED_KEYS is empty, so signatures are not verified: anyone who can write to the store can change the model.';

/**
 * @param json the text of release.json that `manifest` was read from
 * @param readSeparate reads a signature that was added after the release was published
 * @throws {ReleaseError} `release-too-old`; `release-unsigned`, `release-untrusted`, `release-altered`
 */
export async function verifyTrust(
  json: string,
  manifest: Manifest,
  { keys, floors }: Trust,
  readSeparate: ReadSignature,
): Promise<void> {
  const floor = floors.get(manifest.model);
  // Versions begin with their time stamp, so they sort by it.
  if (floor !== undefined && manifest.version < floor) {
    throw new ReleaseError(
      'release-too-old',
      `${manifest.model} ${manifest.version} is older than MINIMUM_VERSIONS allows (${floor}).`,
    );
  }
  // Imports the keys each time: loads are rare, and a cached promise of another request might never settle.
  if (keys !== '') await verifyManifest(json, await parsePublicKeys(keys), readSeparate);
}
