/**
 * Uploads for a machine without credentials: whoever has them signs an address for each object of one release, and the
 * machine that trained it sends the bytes there. Such an address writes that one object, once, and until it expires; it
 * moves no channel.
 */
import { setTimeout } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { type Manifest, parseJson, readManifest, writeManifest } from '@glimpse/shared/release/manifest';
import { nameSchema, objectKeys, versionSchema } from '@glimpse/shared/release/names';
import { contentHash } from '@glimpse/shared/release/version';
import { contentType } from '@glimpse/shared/store/object-store';
import * as z from 'zod/mini';
import { openS3Client, type S3Location, s3Location } from '../store/s3-store.ts';
import { TrainingError } from '../training-error.ts';
import type { Release } from './release-folder.ts';

const uploadsSchema = z.object({
  model: nameSchema,
  version: versionSchema,
  /** ISO 8601, UTC. */
  expiresAt: z.string(),
  /** The text of release.json, signed where a key was given: it goes up as it is. */
  manifest: z.string(),
  /** In the order in which they are written: release.json last. */
  objects: z.array(z.object({ path: z.string(), url: z.string() })),
});

export type Uploads = z.infer<typeof uploadsSchema>;

const ATTEMPTS = 5;
const WAIT_MS = 500;

/** @param manifest as it shall be stored @param seconds until the addresses expire */
export async function presign(location: S3Location, manifest: Manifest, seconds: number, now: Date): Promise<Uploads> {
  const { model, version, files } = manifest;
  const client = openS3Client();
  try {
    const objects = [];
    for (const path of [...files.map((file) => file.path), 'release.json']) {
      const key = objectKeys.file(model, version, path);
      const put = new PutObjectCommand({
        ...s3Location(location, key),
        IfNoneMatch: '*',
        ContentType: contentType(key),
      });
      // In the signature, so that nobody can leave them out.
      const signed = new Set(['if-none-match', 'content-type']);
      const options = { expiresIn: seconds, signableHeaders: signed, unhoistableHeaders: signed, signingDate: now };
      objects.push({ path, url: await getSignedUrl(client, put, options) });
    }
    const expiresAt = new Date(now.getTime() + seconds * 1000).toISOString();
    return { model, version, expiresAt, manifest: writeManifest(manifest), objects };
  } finally {
    client.destroy();
  }
}

/** @throws {TrainingError} `release-invalid` */
export function readUploads(json: string): Uploads {
  const result = uploadsSchema.safeParse(parseJson(json, 'The file of uploads'));
  if (result.success) return result.data;
  throw new TrainingError('release-invalid', 'These are no uploads: make them with glimpse releases presign.');
}

/**
 * Sends the release's files and then its release.json; what is there already stays.
 *
 * @param release as `readReleaseFolder` verified it
 * @returns how many objects were written
 * @throws {TrainingError} `release-invalid` when the uploads are for another release (nothing is sent then); `store-failed`
 */
export async function upload({ manifest, files }: Release, uploads: Uploads, now: Date): Promise<number> {
  const theirs = readManifest(uploads.manifest, uploads);
  if (uploads.version !== manifest.version || (await contentHash(theirs)) !== (await contentHash(manifest))) {
    throw new TrainingError(
      'release-invalid',
      `The uploads are for ${uploads.model} ${uploads.version}, the release here is ${manifest.version}. Nothing was sent.`,
    );
  }
  if (now.toISOString() > uploads.expiresAt) throw expired(uploads);
  let written = 0;
  for (const { path, url } of uploads.objects) {
    const bytes = path === 'release.json' ? new TextEncoder().encode(uploads.manifest) : files.get(path);
    if (!bytes)
      throw new TrainingError('release-invalid', `The uploads name the file ${path}, which the release lacks.`);
    if (await put(path, url, bytes, uploads)) written++;
  }
  return written;
}

/** @returns false when there is an object already */
async function put(path: string, url: string, bytes: Uint8Array<ArrayBuffer>, uploads: Uploads): Promise<boolean> {
  const headers = { 'If-None-Match': '*', 'Content-Type': contentType(path) };
  for (let attempt = 1; ; attempt++) {
    const [status, says] = await fetch(url, { method: 'PUT', headers, body: bytes }).then(
      async (response) => [response.status, await response.text()] as const,
      (error: Error) => [0, String(error.cause ?? error)] as const,
    );
    if (status === 200) return true;
    if (status === 412) return false;
    const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(says)?.[1] ?? (status === 0 ? says : '');
    if (status === 403 && new Date().toISOString() > uploads.expiresAt) throw expired(uploads);
    // 409: another conditional write to the key is under way.
    const passing = status === 0 || status === 409 || status === 429 || status >= 500;
    if (!passing || attempt === ATTEMPTS) {
      throw new TrainingError(
        'store-failed',
        `The store did not take ${path} (${status || 'no answer'} ${code}). What was sent stays: run it again, with new ` +
          'uploads where it goes on (glimpse releases presign).',
      );
    }
    await setTimeout(WAIT_MS * 2 ** (attempt - 1));
  }
}

function expired({ expiresAt }: Uploads): TrainingError {
  return new TrainingError(
    'store-failed',
    `The uploads have expired at ${expiresAt}: make new ones with glimpse releases presign (or set this machine's clock).`,
  );
}
