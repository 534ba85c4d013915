/**
 * Loads a release from the store into memory and verifies every byte against its manifest, version and signature. If the
 * store does not answer, the copy in the data center's cache is used, verified in the same way.
 */
import { type Channels, readChannels } from '@glimpse/shared/release/channels';
import { verifyFile, verifyVersion } from '@glimpse/shared/release/files';
import { type Manifest, readManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { ObjectReader, ObjectStore, StoredObject } from '@glimpse/shared/store/object-store';
import { StoreError } from '@glimpse/shared/store/store-error';
import type { Copies } from '../store/copies.ts';
import type { WaitUntil } from './single-flight.ts';
import { type Trust, verifyTrust } from './trust.ts';

/** Of channels.json and release.json. */
const MAX_JSON_BYTES = 1024 * 1024;
/** Signatures have about 150 bytes. */
const MAX_SIGNATURE_BYTES = 4096;
/** A release never changes, so its copy may be old. */
const COPY_SECONDS = 7 * 24 * 3600;

export interface LoadedRelease {
  readonly manifest: Manifest;
  /** By path. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** By key: everything that was read, for a copy. */
  readonly objects: ReadonlyMap<string, StoredObject>;
}

export interface StoredChannels {
  readonly channels: Channels;
  readonly object: StoredObject;
}

export interface ReleaseRepository {
  readonly store: ObjectStore;
  readonly copies: Copies;
  readonly trust: Trust;
  /** Called once for each failed attempt. */
  readonly report: (what: string, error: unknown) => void;
}

/**
 * Loads the release from the store, and saves a copy; from the copy if the store does not answer.
 *
 * @throws {ReleaseError} as `loadManifest` @throws {StoreError}
 */
export async function fetchRelease(
  { store, copies, trust, report }: ReleaseRepository,
  model: string,
  version: string,
  context: WaitUntil,
): Promise<LoadedRelease> {
  try {
    const release = await loadRelease(store, model, version, trust);
    for (const [key, object] of release.objects) context.waitUntil(copies.save(key, object, COPY_SECONDS));
    return release;
  } catch (error) {
    // A corrupt release in the store is never masked by a copy.
    if (!(error instanceof StoreError) || error.code === 'object-too-large') throw error;
    const copy = await loadRelease(copies, model, version, trust).catch(() => undefined);
    if (!copy) throw error;
    report(`release ${model} ${version}, served from a copy`, error);
    return copy;
  }
}

/**
 * @param cached returned as is if the stored object still has its etag
 * @throws {ReleaseError} `release-missing` if the model has no channels.json; `release-malformed`
 * @throws {StoreError}
 */
export async function loadChannels(
  reader: ObjectReader,
  model: string,
  cached?: StoredChannels,
): Promise<StoredChannels> {
  const key = objectKeys.channels(model);
  const object = await reader.get(key, { cached: cached?.object, maxBytes: MAX_JSON_BYTES });
  if (object === undefined) throw new ReleaseError('release-missing', `The store has no ${key}.`);
  if (cached && object === cached.object) return cached;
  return { channels: readChannels(new TextDecoder().decode(object.bytes)), object };
}

/**
 * @throws {ReleaseError} `release-missing`, `release-malformed`, `release-too-new`, `release-corrupt`, `release-too-old`,
 * `release-unsigned`, `release-untrusted`, `release-altered`
 */
export async function loadManifest(
  reader: ObjectReader,
  model: string,
  version: string,
  trust: Trust,
): Promise<{ manifest: Manifest; object: StoredObject; signatures: ReadonlyMap<string, StoredObject> }> {
  const object = await read(reader, objectKeys.manifest(model, version), MAX_JSON_BYTES);
  const json = new TextDecoder().decode(object.bytes);
  const manifest = readManifest(json, { model, version });
  await verifyVersion(manifest);
  const signatures = new Map<string, StoredObject>();
  await verifyTrust(json, manifest, trust, async (keyId) => {
    const key = objectKeys.signature(model, version, keyId);
    const signature = await reader.get(key, { maxBytes: MAX_SIGNATURE_BYTES });
    if (!signature) return undefined;
    signatures.set(key, signature);
    return new TextDecoder().decode(signature.bytes);
  });
  return { manifest, object, signatures };
}

/** @throws {ReleaseError} as `loadManifest` @throws {StoreError} */
export async function loadRelease(
  reader: ObjectReader,
  model: string,
  version: string,
  trust: Trust,
): Promise<LoadedRelease> {
  const { manifest, object, signatures } = await loadManifest(reader, model, version, trust);
  const objects = new Map([[objectKeys.manifest(model, version), object], ...signatures]);
  // The manifest bounds each file by its size, and the sum by MAX_RELEASE_BYTES.
  const files = new Map(
    await Promise.all(
      manifest.files.map(async (file) => {
        const key = objectKeys.file(model, version, file.path);
        const stored = await read(reader, key, file.size);
        await verifyFile(file, stored.bytes);
        objects.set(key, stored);
        return [file.path, stored.bytes] as const;
      }),
    ),
  );
  return { manifest, files, objects };
}

async function read(reader: ObjectReader, key: string, maxBytes: number): Promise<StoredObject> {
  const object = await reader.get(key, { maxBytes });
  if (!object) throw new ReleaseError('release-missing', `The store has no ${key}; publish the release again.`);
  return object;
}
