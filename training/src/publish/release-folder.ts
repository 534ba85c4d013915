/** A release on disk: one folder with `release.json` and the files that it lists. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readModelFile } from '@glimpse/shared/model/network/model-file';
import { verifyFile, verifyVersion, verifyWeightFiles } from '@glimpse/shared/release/files';
import { type Manifest, readManifest, writeManifest } from '@glimpse/shared/release/manifest';
import { ReleaseError } from '@glimpse/shared/release/release-error';

export type ReleaseFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

export interface Release {
  readonly manifest: Manifest;
  /** By path; each matches the manifest. */
  readonly files: ReleaseFiles;
}

/**
 * @throws {ReleaseError} if release.json is not a manifest, a file is missing or altered, or the weight files are not in
 * model.json's order
 * @throws {NetworkError} if model.json cannot be run
 */
export async function readReleaseFolder(folder: string): Promise<Release> {
  const manifest = readManifest((await readReleaseFile(folder, 'release.json')).toString('utf8'));
  await verifyVersion(manifest);
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of manifest.files) {
    const bytes = new Uint8Array(await readReleaseFile(folder, file.path));
    await verifyFile(file, bytes);
    files.set(file.path, bytes);
  }
  verifyWeightFiles(manifest, readModelFile(new TextDecoder().decode(files.get('model.json'))));
  return { manifest, files };
}

/** Replaces the folder's content. If it fails, the folder is unchanged. */
export async function writeReleaseFolder(folder: string, { manifest, files }: Release): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const unfinished = await mkdtemp(`${folder}-`);
  try {
    for (const [path, bytes] of files) await writeFile(join(unfinished, path), bytes, { flush: true });
    await writeFile(join(unfinished, 'release.json'), writeManifest(manifest), { flush: true });
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function readReleaseFile(folder: string, path: string): Promise<Buffer> {
  try {
    return await readFile(join(folder, path));
  } catch (cause) {
    throw new ReleaseError('release-corrupt', `${join(folder, path)} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}
