/** Verifies a release's files against its manifest. */
import type { ModelFile } from '../model/network/model-file.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { ReleaseError } from './release-error.ts';
import { sha256 } from './sha256.ts';
import { versionOf } from './version.ts';

/** @param files by path @returns the entries of a manifest */
export async function listFiles(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Promise<ManifestFile[]> {
  const listed: ManifestFile[] = [];
  for (const [path, bytes] of files) listed.push({ path, size: bytes.length, sha256: await sha256(bytes) });
  return listed;
}

/** @throws {ReleaseError} `release-corrupt`, with what the bytes look like, if known */
export async function verifyFile(file: ManifestFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (bytes.length !== file.size) {
    throw new ReleaseError(
      'release-corrupt',
      `${file.path} has ${bytes.length} bytes, not ${file.size}${looksLike(bytes)}`,
    );
  }
  const actual = await sha256(bytes);
  if (actual !== file.sha256) {
    throw new ReleaseError(
      'release-corrupt',
      `${file.path} has SHA-256 ${actual}, not ${file.sha256}${looksLike(bytes)}`,
    );
  }
}

/** @throws {ReleaseError} `release-corrupt` if the version is not the hash of the manifest's content */
export async function verifyVersion(manifest: Manifest): Promise<void> {
  const expected = await versionOf(manifest, manifest.run.endedAt);
  if (manifest.version !== expected) {
    throw new ReleaseError(
      'release-corrupt',
      `The manifest names version ${manifest.version}, but its content is that of ${expected}.`,
    );
  }
}

/**
 * @param model the release's model.json
 * @throws {ReleaseError} `release-malformed` if the manifest and model.json list different weight files, or in different
 * orders
 */
export function verifyWeightFiles(manifest: Pick<Manifest, 'files'>, model: Pick<ModelFile, 'groups'>): void {
  const listed = manifest.files.flatMap(({ path }) => (path === 'model.json' ? [] : [path]));
  const joined = model.groups.flatMap(({ paths }) => paths);
  if (listed.length !== joined.length || listed.some((path, index) => path !== joined[index])) {
    const at = joined.findIndex((path, index) => path !== listed[index]);
    throw new ReleaseError(
      'release-malformed',
      `release.json lists ${listed.length} weight files and model.json ${joined.length}. They must list the same files in the ` +
        `same order${at < 0 ? '' : `, but number ${at + 1} is ${listed[at]} and ${joined[at]}`}.`,
    );
  }
}

/** The three most common mistakes. */
function looksLike(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().toLowerCase();
  if (bytes.length === 0) return ': it is empty';
  if (head.startsWith('<')) return ': it looks like an HTML page';
  if (head.startsWith('version https://git-lfs')) return ': it is a Git LFS pointer, not the file';
  return '';
}
