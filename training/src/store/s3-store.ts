/** Any S3 with conditional writes: R2 by its S3 API, AWS, SeaweedFS, versitygw … */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { contentType, type ListedObject, type ReleaseStore } from '../publish/store.ts';
import { TrainingError } from '../training-error.ts';

export interface S3Location {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the bucket's root. */
  readonly prefix: string;
}

/** A larger object goes up in parts of this size, each of which is tried again by itself. S3 takes none below 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;

/** @throws {TrainingError} `store-failed` when the text is not `s3://bucket[/prefix]` */
export function parseS3Url(url: string): S3Location {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(url);
  if (!match) throw new TrainingError('store-failed', `"${url}" is not of the form s3://bucket/prefix.`);
  return { bucket: match[1]!, prefix: match[2] ?? '' };
}

/** Where the model's object lies in the bucket. */
export function place({ bucket, prefix }: S3Location, key: string): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: prefix ? `${prefix}/${key}` : key };
}

/**
 * Credentials, region and endpoint come from where AWS' own tools look: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
 * AWS_REGION, AWS_ENDPOINT_URL_S3 (for R2: https://<account>.r2.cloudflarestorage.com, region `auto`), or a profile.
 */
export function openS3Client(): S3Client {
  return new S3Client({
    // R2 and others refuse the checksums that the SDK adds by default; every file is verified by SHA-256 anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: true,
    // With waits between them that double, a moment's outage passes unnoticed. A write that was answered by nobody and tried
    // again fails its own condition: whoever calls `put` compares what is there.
    maxAttempts: 5,
    ...(process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION ? {} : { region: 'auto' }),
  });
}

/** By the credentials that `openS3Client` finds. */
export function openS3Store(location: S3Location): ReleaseStore {
  const client = openS3Client();
  const exists = async (key: string) => {
    try {
      return (await client.send(new HeadObjectCommand(place(location, key)))).ETag !== undefined;
    } catch (error) {
      // A HEAD's answer has no body that could name the error.
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return false;
      throw error;
    }
  };
  return {
    description: `s3://${location.bucket}${location.prefix ? `/${location.prefix}` : ''}`,
    async get(key) {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand(place(location, key)));
        return { bytes: new Uint8Array(await Body!.transformToByteArray()), etag: ofS3(ETag, location) };
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
        throw storeError(error, location);
      }
    },
    async put(key, bytes, condition) {
      const onlyIf = {
        ...(condition === 'absent' && { IfNoneMatch: '*' }),
        ...(typeof condition === 'object' && { IfMatch: condition.etag }),
      };
      const params = { ...place(location, key), ...onlyIf, Body: bytes, ContentType: contentType(key) };
      try {
        if (bytes.length <= PART_BYTES) {
          ofS3((await client.send(new PutObjectCommand(params))).ETag, location);
          return true;
        }
        // The condition is looked at when all parts are there: what exists already need not be sent for that.
        if (condition === 'absent' && (await exists(key))) return false;
        ofS3((await new Upload({ client, params, partSize: PART_BYTES }).done()).ETag, location);
        return true;
      } catch (error) {
        // 412: the condition fails. 409: another conditional write to the key is under way. An If-Match on a key that is
        // gone is 412 on some servers and 404 on others.
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (condition !== 'any' && (status === 412 || status === 409)) return false;
        if (status === 404 && typeof condition === 'object' && (error as Error).name === 'NoSuchKey') return false;
        // The parts were put together, and the answer was lost on the way.
        if (condition !== 'any' && (error as Error).name === 'NoSuchUpload') return false;
        throw storeError(error, location);
      }
    },
    async list(prefix) {
      const all: ListedObject[] = [];
      let token: string | undefined;
      const { Bucket, Key } = place(location, prefix);
      try {
        do {
          const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, ContinuationToken: token }));
          ofS3(page.IsTruncated, location);
          for (const { Key: key, Size: size, LastModified: modified } of page.Contents ?? []) {
            all.push({ key: key!.slice(Key.length - prefix.length), size: size!, modified: modified! });
          }
          token = page.NextContinuationToken;
        } while (token);
      } catch (error) {
        throw storeError(error, location);
      }
      return all;
    },
    async delete(key) {
      try {
        await client.send(new DeleteObjectCommand(place(location, key)));
      } catch (error) {
        throw storeError(error, location);
      }
    },
    async close() {
      client.destroy();
    },
  };
}

/** What every S3 server answers with; a web server at the endpoint answers 200 without. */
function ofS3<T>(value: T | undefined, location: S3Location): T {
  if (value === undefined) throw notAnS3Server(location);
  return value;
}

function notAnS3Server({ bucket }: S3Location, cause?: unknown): TrainingError {
  const message = `What answers for the bucket "${bucket}" is no S3 server: check AWS_ENDPOINT_URL_S3.`;
  return new TrainingError('store-failed', message, { cause });
}

/** What to change, by the names that S3 gives its errors. */
const remedies: Record<string, string> = {
  InvalidAccessKeyId: 'The access key is not known there: check AWS_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'The secret does not belong to the access key: check AWS_SECRET_ACCESS_KEY.',
  AccessDenied: 'The key may not do this: check its permissions for the bucket.',
  NoSuchBucket: 'There is no such bucket: check the s3:// address, or make the bucket.',
  PermanentRedirect: 'The bucket is in another region: check AWS_REGION.',
  AuthorizationHeaderMalformed: 'The region is wrong: check AWS_REGION.',
  RequestTimeTooSkewed: "This machine's clock is wrong: set it.",
  CredentialsProviderError: 'No credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ECONNREFUSED: 'Nothing answers at the endpoint: check AWS_ENDPOINT_URL_S3.',
  ENOTFOUND: 'The endpoint does not exist: check AWS_ENDPOINT_URL_S3.',
  EAI_AGAIN: 'The endpoint cannot be looked up: check the network, and AWS_ENDPOINT_URL_S3.',
  ERR_INVALID_URL: 'The endpoint is no address: check AWS_ENDPOINT_URL_S3 (https://…).',
  EPROTO: 'The endpoint does not speak TLS: check whether AWS_ENDPOINT_URL_S3 begins with http or https.',
  NotFound: 'What answers is no S3 server, or has no such bucket: check AWS_ENDPOINT_URL_S3 and the s3:// address.',
  IllegalLocationConstraintException: 'The bucket is in another region: check AWS_REGION.',
  ExpiredToken: 'The credentials have run out: get new ones, and check AWS_SESSION_TOKEN.',
  SlowDown: 'The store is asked too often: try again later.',
  NotImplemented: 'The server lacks conditional writes, without which two publishers could overwrite each other.',
};

function storeError(cause: unknown, location: S3Location): TrainingError {
  if (cause instanceof TrainingError) return cause;
  // The SDK's words for an answer that is not the XML that it expects.
  if (cause instanceof Error && cause.message.includes('Deserialization error')) return notAnS3Server(location, cause);
  const { name, message, code } = cause as Error & { code?: string };
  const remedy = remedies[name] ?? remedies[code ?? ''] ?? '';
  return new TrainingError(
    'store-failed',
    `The bucket "${location.bucket}" failed: ${name}: ${message} ${remedy}`.trim(),
    {
      cause,
    },
  );
}
