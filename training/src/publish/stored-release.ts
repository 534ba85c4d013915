/** A release out of the store, every byte of it checked as the Worker does. */

import { readModelFile } from '@glimpse/shared/model/network/model-file';
import { verifyFile, verifyVersion, verifyWeightFiles } from '@glimpse/shared/release/files';
import { type Manifest, readManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { type TrustedKey, verifyManifest } from '@glimpse/shared/release/signature';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import type { Release } from './release-folder.ts';

/**
 * @param trusted the signature is looked at only where they are given
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

/** @throws {ReleaseError} as above @throws {NetworkError} when model.json cannot be run */
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

async function read(store: ObjectStore, key: string): Promise<Uint8Array<ArrayBuffer>> {
  const object = await store.get(key);
  if (!object) throw new ReleaseError('release-missing', `${store.description} has no ${key}.`);
  return object.bytes;
}
