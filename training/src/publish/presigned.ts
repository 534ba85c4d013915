/**
 * Uploads for a machine without credentials: someone who has them signs an address for each object of one release, and the
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
  /** The text of release.json, signed if there is a key. It is uploaded as is. */
  manifest: z.string(),
  /** In upload order: release.json last. */
  objects: z.array(z.object({ path: z.string(), url: z.string() })),
});

export type Uploads = z.infer<typeof uploadsSchema>;

const ATTEMPTS = 5;
const WAIT_MS = 500;
/** For one attempt, plus a second for each of these bytes: slower connections are not supported. */
const DEADLINE_MS = 30_000;
const MIN_BYTES_PER_SECOND = 50_000;

/** @param manifest as it is to be stored @param seconds until the URLs expire */
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
      // The signature covers these headers, so that no upload can omit them.
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
  const result = uploadsSchema.safeParse(parseJson(json, 'The upload file'));
  if (result.success) return result.data;
  throw new TrainingError('release-invalid', 'This is not an upload file. Create one with glimpse releases presign.');
}

interface UploadOptions {
  /** For one attempt of a small file, in milliseconds; a large file gets more. */
  readonly deadlineMs?: number;
  /** Receives a message for each failed attempt that is repeated. */
  readonly onRetry?: (message: string) => void;
}

/**
 * Uploads the release's files, then its release.json. Objects that exist already are kept.
 *
 * @param release as `readReleaseFolder` verified it
 * @returns how many objects were written
 * @throws {TrainingError} `release-invalid` if the uploads are for another release (nothing is sent); `store-failed`
 */
export async function upload(
  { manifest, files }: Release,
  uploads: Uploads,
  now: Date,
  { deadlineMs = DEADLINE_MS, onRetry = () => {} }: UploadOptions = {},
): Promise<number> {
  const expected = readManifest(uploads.manifest, uploads);
  if (uploads.version !== manifest.version || (await contentHash(expected)) !== (await contentHash(manifest))) {
    throw new TrainingError(
      'release-invalid',
      `The uploads are for ${uploads.model} ${uploads.version}, but the release here is ${manifest.version}. Nothing was sent.`,
    );
  }
  if (now.toISOString() > uploads.expiresAt) throw expired(uploads);
  let written = 0;
  for (const { path, url } of uploads.objects) {
    const bytes = path === 'release.json' ? new TextEncoder().encode(uploads.manifest) : files.get(path);
    if (!bytes)
      throw new TrainingError(
        'release-invalid',
        `The uploads include the file ${path}, which the release does not have.`,
      );
    if (await put(path, url, bytes, uploads, deadlineMs, onRetry)) written++;
  }
  return written;
}

/** @returns false if the object exists already */
async function put(
  path: string,
  url: string,
  bytes: Uint8Array<ArrayBuffer>,
  uploads: Uploads,
  deadlineMs: number,
  onRetry: (message: string) => void,
): Promise<boolean> {
  const headers = { 'If-None-Match': '*', 'Content-Type': contentType(path) };
  for (let attempt = 1; ; attempt++) {
    // The signal covers the response's body, too.
    const signal = AbortSignal.timeout(deadlineMs + Math.ceil((bytes.length / MIN_BYTES_PER_SECOND) * 1000));
    const [status, says] = await fetch(url, { method: 'PUT', headers, body: bytes, signal })
      .then(async (response) => [response.status, await response.text()] as const)
      .catch((error: Error) => [0, String(error.cause ?? error)] as const);
    if (status === 200) return true;
    if (status === 412) return false;
    const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(says)?.[1] ?? (status === 0 ? says : '');
    if (status === 403 && new Date().toISOString() > uploads.expiresAt) throw expired(uploads);
    // 409: another conditional write of the key is in progress.
    const transient = status === 0 || status === 409 || status === 429 || status >= 500;
    if (!transient || attempt === ATTEMPTS) {
      throw new TrainingError(
        'store-failed',
        `The store did not accept ${path} (${status ? `HTTP ${status}` : 'no answer:'} ${code}). Files that were sent are kept: run it again. ` +
          'If it keeps failing, create new uploads with glimpse releases presign.',
      );
    }
    const reason = status === 0 ? says : `HTTP ${status} ${code}`.trim();
    onRetry(`The store did not accept ${path} (${reason}). Trying again (attempt ${attempt + 1} of ${ATTEMPTS}).`);
    await setTimeout(WAIT_MS * 2 ** (attempt - 1));
  }
}

function expired({ expiresAt }: Uploads): TrainingError {
  return new TrainingError(
    'store-failed',
    `The uploads expired at ${expiresAt}. Create new ones with glimpse releases presign, or set this machine's clock.`,
  );
}
