/** A release from the store into memory, every byte of it checked against its manifest, its version and its signature. */
import { type Channels, readChannels } from '@glimpse/shared/release/channels';
import { verifyFile, verifyVersion } from '@glimpse/shared/release/files';
import { type Manifest, readManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { ReleaseSource, StoredObject } from '../store/store.ts';
import { type Trust, verifyTrust } from './trust.ts';

/** channels.json and release.json are read no further. */
const MAX_JSON_BYTES = 1024 * 1024;
/** A signature has some 150. */
const MAX_SIGNATURE_BYTES = 4096;

export interface Release {
  readonly manifest: Manifest;
  /** By path, each as the manifest says. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** By key: what was read, for a copy of it. */
  readonly objects: ReadonlyMap<string, StoredObject>;
}

export interface ChannelsInStore {
  readonly channels: Channels;
  /** As it was read, for a copy of it. */
  readonly object: StoredObject;
}

/**
 * @returns `unchanged` where the store still has the etag
 * @throws {ReleaseError} `release-missing` where the model has no channels.json, `release-malformed`
 * @throws {StoreError}
 */
export async function loadChannels(
  source: ReleaseSource,
  model: string,
  etag?: string,
): Promise<ChannelsInStore | 'unchanged'> {
  const key = objectKeys.channels(model);
  const object = await source.get(key, { ifNoneMatch: etag, maxBytes: MAX_JSON_BYTES });
  if (object === undefined) throw new ReleaseError('release-missing', `The store has no ${key}.`);
  if (object === 'unchanged') return 'unchanged';
  return { channels: readChannels(new TextDecoder().decode(object.bytes)), object };
}

/**
 * @throws {ReleaseError} `release-missing`, `release-malformed`, `release-too-new`, `release-corrupt`, `release-too-old`,
 * `release-unsigned`, `release-untrusted`, `release-altered`
 */
export async function loadManifest(
  source: ReleaseSource,
  model: string,
  version: string,
  trust: Trust,
): Promise<{ manifest: Manifest; object: StoredObject; beside: ReadonlyMap<string, StoredObject> }> {
  const object = await read(source, objectKeys.manifest(model, version), MAX_JSON_BYTES);
  const json = new TextDecoder().decode(object.bytes);
  const manifest = readManifest(json, { model, version });
  await verifyVersion(manifest);
  const beside = new Map<string, StoredObject>();
  await verifyTrust(json, manifest, trust, async (keyId) => {
    const key = objectKeys.signature(model, version, keyId);
    const signature = await source.get(key, { maxBytes: MAX_SIGNATURE_BYTES });
    if (signature === undefined || signature === 'unchanged') return undefined;
    beside.set(key, signature);
    return new TextDecoder().decode(signature.bytes);
  });
  return { manifest, object, beside };
}

/** @throws {ReleaseError} as above */
export async function loadRelease(
  source: ReleaseSource,
  model: string,
  version: string,
  trust: Trust,
): Promise<Release> {
  const { manifest, object, beside } = await loadManifest(source, model, version, trust);
  const objects = new Map([[objectKeys.manifest(model, version), object], ...beside]);
  // The manifest bounds them: each by its size, and all together by MAX_RELEASE_BYTES.
  const files = new Map(
    await Promise.all(
      manifest.files.map(async (file) => {
        const key = objectKeys.file(model, version, file.path);
        const stored = await read(source, key, file.size);
        await verifyFile(file, stored.bytes);
        objects.set(key, stored);
        return [file.path, stored.bytes] as const;
      }),
    ),
  );
  return { manifest, files, objects };
}

async function read(source: ReleaseSource, key: string, maxBytes: number): Promise<StoredObject> {
  const object = await source.get(key, { maxBytes });
  if (object === undefined || object === 'unchanged') {
    throw new ReleaseError('release-missing', `The store has no ${key}; publish the release again.`);
  }
  return object;
}
