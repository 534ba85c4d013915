/** Any S3 with conditional writes: R2 by its S3 API, AWS, SeaweedFS, versitygw … */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { TrainingError } from '../training-error.ts';
import { contentType, type ListedObject, type ReleaseStore } from './store.ts';

export interface S3Location {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the bucket's root. */
  readonly prefix: string;
}

/** @throws {TrainingError} `store-failed` when the text is not `s3://bucket[/prefix]` */
export function parseS3Url(url: string): S3Location {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(url);
  if (!match) throw new TrainingError('store-failed', `"${url}" is not of the form s3://bucket/prefix.`);
  return { bucket: match[1]!, prefix: match[2] ?? '' };
}

/**
 * Credentials, region and endpoint come from where AWS' own tools look: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
 * AWS_REGION, AWS_ENDPOINT_URL_S3 (for R2: https://<account>.r2.cloudflarestorage.com, region `auto`), or a profile.
 */
export function openS3Store(location: S3Location): ReleaseStore {
  const client = new S3Client({
    // R2 and others refuse the checksums that the SDK adds by default; every file is verified by SHA-256 anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: true,
    // With waits between them that double, a moment's outage passes unnoticed. A write that was answered by nobody and tried
    // again fails its own condition: whoever calls `put` compares what is there.
    maxAttempts: 5,
    ...(process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION ? {} : { region: 'auto' }),
  });
  const place = (key: string) => ({
    Bucket: location.bucket,
    Key: location.prefix ? `${location.prefix}/${key}` : key,
  });
  return {
    description: `s3://${location.bucket}${location.prefix ? `/${location.prefix}` : ''}`,
    async get(key) {
      try {
        const { Body, ETag } = await client.send(new GetObjectCommand(place(key)));
        return { bytes: new Uint8Array(await Body!.transformToByteArray()), etag: ETag! };
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
      try {
        await client.send(
          new PutObjectCommand({ ...place(key), ...onlyIf, Body: bytes, ContentType: contentType(key) }),
        );
        return true;
      } catch (error) {
        // 412: the condition fails. 409: another conditional write to the key is under way. An If-Match on a key that is
        // gone is 412 on some servers and 404 on others.
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (condition !== 'any' && (status === 412 || status === 409)) return false;
        if (status === 404 && typeof condition === 'object' && (error as Error).name === 'NoSuchKey') return false;
        throw storeError(error, location);
      }
    },
    async list(prefix) {
      const all: ListedObject[] = [];
      let token: string | undefined;
      const { Bucket, Key } = place(prefix);
      try {
        do {
          const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: Key, ContinuationToken: token }));
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
        await client.send(new DeleteObjectCommand(place(key)));
      } catch (error) {
        throw storeError(error, location);
      }
    },
    async close() {
      client.destroy();
    },
  };
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
  NotImplemented: 'The server lacks conditional writes, without which two publishers could overwrite each other.',
};

function storeError(cause: unknown, { bucket }: S3Location): TrainingError {
  const { name, message, code } = cause as Error & { code?: string };
  const remedy = remedies[name] ?? remedies[code ?? ''] ?? '';
  return new TrainingError('store-failed', `The bucket "${bucket}" failed: ${name}: ${message} ${remedy}`.trim(), {
    cause,
  });
}
