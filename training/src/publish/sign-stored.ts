/** A further signature of a release that is stored already: for a key that came after it. */

import { objectKeys } from '@glimpse/shared/release/names';
import { type SigningKey, signManifest, writeSignature } from '@glimpse/shared/release/sign';
import type { TrustedKey } from '@glimpse/shared/release/signature';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { putOnce } from './put-once.ts';
import { readStoredRelease } from './stored-release.ts';

/**
 * Reads the whole release first: what is damaged is not signed.
 *
 * @param trusted where they are given, one of them must have signed it before
 * @returns false when the key has signed it already
 * @throws {ReleaseError} @throws {NetworkError} why it cannot be served
 */
export async function signStored(
  store: ObjectStore,
  model: string,
  version: string,
  key: SigningKey,
  trusted: readonly TrustedKey[] | undefined,
): Promise<boolean> {
  const { manifest } = await readStoredRelease(store, model, version, trusted);
  if (manifest.signature?.keyId === key.id) return false;
  // Of the text as it is stored: a later version of this software may have written more into it than is known here.
  const stored = await store.get(objectKeys.manifest(model, version));
  const signed = await signManifest(JSON.parse(new TextDecoder().decode(stored!.bytes)), key);
  const bytes = new TextEncoder().encode(writeSignature(signed.signature));
  return putOnce(store, objectKeys.signature(model, version, key.id), bytes);
}
