/** A release from the store into memory, every byte of it checked against its manifest and its version. */
import { type Channels, readChannels } from '@glimpse/shared/release/channels';
import { verifyFile, verifyVersion } from '@glimpse/shared/release/files';
import { type Manifest, readManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { Store } from '../store/store.ts';

/** channels.json and release.json are read no further. */
const MAX_JSON_BYTES = 1024 * 1024;

export interface Release {
  readonly manifest: Manifest;
  /** By path, each as the manifest says. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface ReadChannels {
  readonly channels: Channels;
  readonly etag: string;
}

/**
 * @returns `unchanged` where the store still has the etag
 * @throws {ReleaseError} `release-missing` where the model has no channels.json, `release-malformed`
 * @throws {StoreError}
 */
export async function loadChannels(store: Store, model: string, etag?: string): Promise<ReadChannels | 'unchanged'> {
  const key = objectKeys.channels(model);
  const object = await store.get(key, { ifNoneMatch: etag, maxBytes: MAX_JSON_BYTES });
  if (object === undefined) throw new ReleaseError('release-missing', `The store has no ${key}.`);
  if (object === 'unchanged') return 'unchanged';
  return { channels: readChannels(new TextDecoder().decode(object.bytes)), etag: object.etag };
}

/** @throws {ReleaseError} `release-missing`, `release-malformed`, `release-too-new`, `release-corrupt` */
export async function loadManifest(store: Store, model: string, version: string): Promise<Manifest> {
  const bytes = await read(store, objectKeys.manifest(model, version), MAX_JSON_BYTES);
  const manifest = readManifest(new TextDecoder().decode(bytes), { model, version });
  await verifyVersion(manifest);
  return manifest;
}

/** @throws {ReleaseError} as above */
export async function loadRelease(store: Store, model: string, version: string): Promise<Release> {
  const manifest = await loadManifest(store, model, version);
  // The manifest bounds them: each by its size, and all together by MAX_RELEASE_BYTES.
  const files = new Map(
    await Promise.all(
      manifest.files.map(async (file) => {
        const bytes = await read(store, objectKeys.file(model, version, file.path), file.size);
        await verifyFile(file, bytes);
        return [file.path, bytes] as const;
      }),
    ),
  );
  return { manifest, files };
}

async function read(store: Store, key: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const object = await store.get(key, { maxBytes });
  if (object === undefined || object === 'unchanged') {
    throw new ReleaseError('release-missing', `The store has no ${key}; publish the release again.`);
  }
  return object.bytes;
}
