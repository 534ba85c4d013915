/** Whom the Worker trusts: which releases may be served, whatever stands in the store. */
import type { Manifest } from '@glimpse/shared/release/manifest';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { parsePublicKeys, type ReadSignature, verifyManifest } from '@glimpse/shared/release/signature';

export interface Trust {
  /** Public keys, as the variable TRUSTED_KEYS has them. Empty: signatures are not looked at. */
  readonly keys: string;
  /** By model: the minute (`20261125T0915Z`) of the oldest version that may be served. */
  readonly floors: ReadonlyMap<string, string>;
}

/** What is said of a Worker without keys. */
export const UNVERIFIED = 'TRUSTED_KEYS is empty: no signature is verified, so whoever can write to the store decides.';

/**
 * @param json the text of release.json that `manifest` was read from
 * @param beside reads a signature that came after the release
 * @throws {ReleaseError} `release-too-old`; `release-unsigned`, `release-untrusted`, `release-altered`
 */
export async function verifyTrust(
  json: string,
  manifest: Manifest,
  { keys, floors }: Trust,
  beside: ReadSignature,
): Promise<void> {
  const floor = floors.get(manifest.model);
  // Versions begin with their minute, so that they sort by it.
  if (floor !== undefined && manifest.version < floor) {
    throw new ReleaseError(
      'release-too-old',
      `${manifest.model} ${manifest.version} is older than MINIMUM_VERSIONS allows (${floor}).`,
    );
  }
  // Imported each time: a load is rare, and a promise of another request is not to be relied on.
  if (keys !== '') await verifyManifest(json, await parsePublicKeys(keys), beside);
}
