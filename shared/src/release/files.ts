/** Checks a release's files against its manifest. */
import type { ModelFile } from '../model/network/model-file.ts';
import type { Manifest, ManifestFile } from './manifest.ts';
import { ReleaseError } from './release-error.ts';
import { sha256 } from './sha256.ts';
import { versionOf } from './version.ts';

/** Files by their paths, as a manifest lists them. */
export async function listFiles(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>): Promise<ManifestFile[]> {
  const listed: ManifestFile[] = [];
  for (const [path, bytes] of files) listed.push({ path, size: bytes.length, sha256: await sha256(bytes) });
  return listed;
}

/** @throws {ReleaseError} `release-corrupt`, saying what the bytes look like where that helps */
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

/** @throws {ReleaseError} `release-corrupt` when the version's hash is not that of the content that the manifest lists */
export async function verifyVersion(manifest: Manifest): Promise<void> {
  const expected = await versionOf(manifest, manifest.run.endedAt);
  if (manifest.version !== expected) {
    throw new ReleaseError(
      'release-corrupt',
      `The manifest says version ${manifest.version}, its content is ${expected}.`,
    );
  }
}

/**
 * @param model the release's model.json
 * @throws {ReleaseError} `release-malformed` when the manifest lists other weight files than model.json joins, or in another
 * order
 */
export function verifyWeightFiles(manifest: Pick<Manifest, 'files'>, model: Pick<ModelFile, 'groups'>): void {
  const listed = manifest.files.flatMap(({ path }) => (path === 'model.json' ? [] : [path]));
  const joined = model.groups.flatMap(({ paths }) => paths);
  if (listed.length !== joined.length || listed.some((path, index) => path !== joined[index])) {
    const at = joined.findIndex((path, index) => path !== listed[index]);
    throw new ReleaseError(
      'release-malformed',
      `release.json lists ${listed.length} weight files, model.json ${joined.length}; they must be the same ones in the same ` +
        `order${at < 0 ? '' : `, and in place ${at + 1} stand ${listed[at]} and ${joined[at]}`}.`,
    );
  }
}

/** The three things that most often stand where weights should. */
function looksLike(bytes: Uint8Array): string {
  const head = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().toLowerCase();
  if (bytes.length === 0) return ': it is empty';
  if (head.startsWith('<')) return ': it looks like an HTML page';
  if (head.startsWith('version https://git-lfs')) return ': it is a Git LFS pointer, not the file';
  return '';
}
