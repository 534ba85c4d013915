/** Reads a release from the store and verifies every byte, as the Worker does; and adds signatures to it. */

import { readModelFile } from '@glimpse/shared/model/network/model-file';
import { verifyFile, verifyVersion, verifyWeightFiles } from '@glimpse/shared/release/files';
import { type Manifest, readManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { type SigningKey, signManifest, writeSignature } from '@glimpse/shared/release/sign';
import { type TrustedKey, verifyManifest } from '@glimpse/shared/release/signature';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { putOnce } from '../store/conditional-writes.ts';
import type { Release } from './release-folder.ts';

/**
 * @param trusted if given, one of these keys must have signed the release; otherwise signatures are ignored
 * @throws {ReleaseError} as `verifyManifest`, and `release-missing`, `release-malformed`, `release-too-new`, `release-corrupt`
 */
export async function readStoredManifest(
  store: ObjectStore,
  model: string,
  version: string,
  trusted?: readonly TrustedKey[],
): Promise<Manifest> {
  const json = new TextDecoder().decode(await read(store, objectKeys.manifest(model, version)));
  const manifest = readManifest(json, { model, version });
  if (trusted) {
    await verifyManifest(json, trusted, async (keyId) => {
      const signature = await store.get(objectKeys.signature(model, version, keyId));
      return signature && new TextDecoder().decode(signature.bytes);
    });
  }
  await verifyVersion(manifest);
  return manifest;
}

/** @throws {ReleaseError} as `readStoredManifest` @throws {NetworkError} if model.json cannot be run */
export async function readStoredRelease(
  store: ObjectStore,
  model: string,
  version: string,
  trusted?: readonly TrustedKey[],
): Promise<Release> {
  const manifest = await readStoredManifest(store, model, version, trusted);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of manifest.files) {
    const bytes = await read(store, objectKeys.file(model, version, file.path));
    await verifyFile(file, bytes);
    files.set(file.path, bytes);
  }
  verifyWeightFiles(manifest, readModelFile(new TextDecoder().decode(files.get('model.json'))));
  return { manifest, files };
}

/**
 * Adds a signature to a stored release, for a key that is newer than the release. Verifies the whole release first, so that a
 * damaged one is not signed.
 *
 * @param trusted if given, one of these keys must have signed the release before
 * @returns false if the key has signed it already
 * @throws {ReleaseError} @throws {NetworkError} if the release cannot be served
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
  // The signature covers the stored text, which may have members that this version of Glimpse does not know.
  const stored = await store.get(objectKeys.manifest(model, version));
  const signed = await signManifest(JSON.parse(new TextDecoder().decode(stored!.bytes)), key);
  const bytes = new TextEncoder().encode(writeSignature(signed.signature));
  return putOnce(store, objectKeys.signature(model, version, key.id), bytes);
}

async function read(store: ObjectStore, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const object = await store.get(key);
  if (!object) throw new ReleaseError('release-missing', `${store.description} has no ${key}.`);
  return object.bytes;
}
