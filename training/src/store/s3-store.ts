/** Any S3 server with conditional writes, through the AWS SDK: R2's S3 API, AWS, SeaweedFS, versitygw and others. */
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
import {
  type ByteRange,
  contentType,
  type GetOptions,
  type ListOptions,
  type ListPage,
  type OpenedObject,
  type PutCondition,
  type StoredObject,
  type StoreOptions,
} from '@glimpse/shared/store/object-store';
import { objectTooLarge, StoreError } from '@glimpse/shared/store/store-error';
import { TrainingError } from '../training-error.ts';
import type { StoreConnection, StoreDriver } from './open-store.ts';

export interface S3Location {
  readonly bucket: string;
  /** Without slashes at its ends; empty for the bucket's root. */
  readonly prefix: string;
}

/** Larger objects are uploaded in parts of this size, each retried on its own. S3's minimum is 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;

export const s3Driver: StoreDriver = {
  address: 's3://bucket/prefix',
  accepts: (address) => address.startsWith('s3://'),
  async open(address, role) {
    const location = parseS3Url(address);
    if (role === 'account' && location.prefix !== '') {
      throw new TrainingError(
        'store-failed',
        `The Worker reads keys and feedback at the root of their bucket: use s3://${location.bucket}`,
      );
    }
    return new S3Store(location);
  },
};

/** @throws {TrainingError} `store-failed` if the text is not `s3://bucket[/prefix]` */
export function parseS3Url(url: string): S3Location {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(url);
  if (!match) throw new TrainingError('store-failed', `"${url}" is not of the form s3://bucket/prefix.`);
  return { bucket: match[1]!, prefix: match[2] ?? '' };
}

/** The bucket and key of a release's object, as the SDK names them. */
export function s3Location({ bucket, prefix }: S3Location, key: string): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: prefix ? `${prefix}/${key}` : key };
}

/**
 * Credentials, region and endpoint come from where AWS' own tools look: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
 * AWS_REGION, AWS_ENDPOINT_URL_S3 (for R2: https://<account>.r2.cloudflarestorage.com, region `auto`), or a profile.
 *
 * @param options.deadlineMs how long a connection may be idle
 */
export function openS3Client({ deadlineMs }: StoreOptions = { deadlineMs: 60_000 }): S3Client {
  return new S3Client({
    // R2 and others reject the checksums that the SDK adds by default. Glimpse verifies every file by SHA-256 anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: true,
    requestHandler: { connectionTimeout: deadlineMs, socketTimeout: deadlineMs },
    // The SDK doubles the wait between attempts, which bridges short outages. If the response to a write is lost, the retry
    // fails its own condition: callers of `put` compare what is stored.
    maxAttempts: 5,
    ...(process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION ? {} : { region: 'auto' }),
  });
}

/** Uses the credentials that `openS3Client` finds. */
export class S3Store implements StoreConnection {
  readonly description: string;
  readonly #location: S3Location;
  readonly #client: S3Client;

  constructor(location: S3Location, options?: StoreOptions) {
    this.description = `s3://${location.bucket}${location.prefix ? `/${location.prefix}` : ''}`;
    this.#location = location;
    this.#client = openS3Client(options);
  }

  async get(key: string, { maxBytes = Number.POSITIVE_INFINITY, cached }: GetOptions = {}) {
    const response = await this.#read(key, cached && { IfNoneMatch: cached.etag });
    if (response === undefined) return undefined;
    if (response === 'not modified') return cached;
    const body = response.Body!;
    if (response.ContentLength! > maxBytes) {
      await body.transformToWebStream().cancel();
      throw objectTooLarge(key, maxBytes);
    }
    try {
      const bytes = new Uint8Array(await body.transformToByteArray());
      return { bytes, etag: this.#expectS3(response.ETag) } satisfies StoredObject;
    } catch (cause) {
      throw toStoreError(cause, this.#location);
    }
  }

  async open(key: string, range?: ByteRange): Promise<OpenedObject | undefined> {
    const Range = range && `bytes=${range.offset}-${range.offset + range.length - 1}`;
    const response = await this.#read(key, range && { Range });
    if (response === undefined || response === 'not modified') return undefined;
    if (range && response.ContentRange === undefined) {
      throw new StoreError('store-refused', `The S3 server of "${this.#location.bucket}" does not support ranges.`);
    }
    const total = /\/(\d+)$/.exec(response.ContentRange ?? '')?.[1];
    return { body: response.Body!.transformToWebStream(), size: Number(total ?? response.ContentLength) };
  }

  async put(key: string, bytes: Uint8Array<ArrayBuffer>, condition: PutCondition): Promise<boolean> {
    const params = {
      ...s3Location(this.#location, key),
      ...(condition === 'absent' && { IfNoneMatch: '*' }),
      ...(typeof condition === 'object' && { IfMatch: condition.etag }),
      Body: bytes,
      ContentType: contentType(key),
    };
    try {
      if (bytes.length <= PART_BYTES) {
        this.#expectS3((await this.#client.send(new PutObjectCommand(params))).ETag);
        return true;
      }
      // S3 checks the condition after the last part: an object that exists need not be uploaded to learn that.
      if (condition === 'absent' && (await this.#exists(key))) return false;
      this.#expectS3((await new Upload({ client: this.#client, params, partSize: PART_BYTES }).done()).ETag);
      return true;
    } catch (error) {
      // 412: the condition does not hold. 409: another conditional write of the key is in progress.
      const status = statusOf(error);
      if (condition !== 'any' && (status === 412 || status === 409)) return false;
      // If-Match on an absent key is 412 on some servers and 404 on others.
      if (status === 404 && typeof condition === 'object' && (error as Error).name === 'NoSuchKey') return false;
      // The parts were assembled, and the response was lost.
      if (condition !== 'any' && (error as Error).name === 'NoSuchUpload') return false;
      throw toStoreError(error, this.#location);
    }
  }

  async list(prefix: string, { limit, cursor, delimiter }: ListOptions = {}): Promise<ListPage> {
    const { Bucket, Key } = s3Location(this.#location, prefix);
    const relative = (key: string) => key.slice(Key.length - prefix.length);
    try {
      const page = await this.#client.send(
        new ListObjectsV2Command({
          ...{ Bucket, Prefix: Key, MaxKeys: limit, ContinuationToken: cursor, Delimiter: delimiter },
        }),
      );
      this.#expectS3(page.IsTruncated);
      return {
        objects: (page.Contents ?? []).map(({ Key, Size, LastModified }) => ({
          key: relative(Key!),
          size: Size!,
          modified: LastModified!,
        })),
        folders: (page.CommonPrefixes ?? []).map(({ Prefix }) => relative(Prefix!)),
        cursor: page.NextContinuationToken,
      };
    } catch (error) {
      throw toStoreError(error, this.#location);
    }
  }

  async delete(key: string): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand(s3Location(this.#location, key)));
    } catch (error) {
      throw toStoreError(error, this.#location);
    }
  }

  async close(): Promise<void> {
    this.#client.destroy();
  }

  async #read(key: string, input: { IfNoneMatch?: string; Range?: string | undefined } = {}) {
    try {
      return await this.#client.send(new GetObjectCommand({ ...s3Location(this.#location, key), ...input }));
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
      if (statusOf(error) === 304 && input.IfNoneMatch !== undefined) return 'not modified';
      throw toStoreError(error, this.#location);
    }
  }

  async #exists(key: string): Promise<boolean> {
    try {
      return (await this.#client.send(new HeadObjectCommand(s3Location(this.#location, key)))).ETag !== undefined;
    } catch (error) {
      // The response to HEAD has no body that could name the error.
      if (statusOf(error) === 404) return false;
      throw error;
    }
  }

  /** For a value that every S3 server sends. A web server at the endpoint answers 200 without it. */
  #expectS3<T>(value: T | undefined): T {
    if (value === undefined) throw notAnS3Server(this.#location);
    return value;
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

function notAnS3Server({ bucket }: S3Location, cause?: unknown): StoreError {
  const message = `The server at the endpoint of the bucket "${bucket}" is not an S3 server: check AWS_ENDPOINT_URL_S3.`;
  return new StoreError('store-refused', message, { cause });
}

/** By the names that S3 and Node.js give their errors: settings to correct. */
const refusals: Record<string, string> = {
  InvalidAccessKeyId: 'The server does not know the access key: check AWS_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'The secret does not belong to the access key: check AWS_SECRET_ACCESS_KEY.',
  AccessDenied: 'The access key lacks a permission: check its permissions for the bucket.',
  NoSuchBucket: 'The bucket does not exist: check the s3:// address, or create the bucket.',
  PermanentRedirect: 'The bucket is in another region: check AWS_REGION.',
  AuthorizationHeaderMalformed: 'The region is wrong: check AWS_REGION.',
  RequestTimeTooSkewed: "This machine's clock is wrong: set it.",
  CredentialsProviderError: 'No credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ERR_INVALID_URL: 'The endpoint is not a URL: check AWS_ENDPOINT_URL_S3 (https://…).',
  EPROTO: 'The endpoint does not speak TLS: check whether AWS_ENDPOINT_URL_S3 starts with http or https.',
  NotFound:
    'The server is not an S3 server, or the bucket does not exist: check AWS_ENDPOINT_URL_S3 and the s3:// address.',
  IllegalLocationConstraintException: 'The bucket is in another region: check AWS_REGION.',
  ExpiredToken: 'The credentials have expired: get new ones, and check AWS_SESSION_TOKEN.',
  NotImplemented: 'The server lacks conditional writes, without which two publishers could overwrite each other.',
};

/** Failures of the network or the server, with what to do. */
const outages: Record<string, string> = {
  ECONNREFUSED: 'Nothing answers at the endpoint: check AWS_ENDPOINT_URL_S3.',
  ENOTFOUND: 'The endpoint does not exist: check AWS_ENDPOINT_URL_S3.',
  EAI_AGAIN: 'The endpoint cannot be resolved: check the network, and AWS_ENDPOINT_URL_S3.',
  SlowDown: 'The store is overloaded: try again later.',
};

function toStoreError(cause: unknown, location: S3Location): StoreError {
  if (cause instanceof StoreError) return cause;
  // The SDK's message for a response that is not the expected XML.
  if (cause instanceof Error && cause.message.includes('Deserialization error')) return notAnS3Server(location, cause);
  const { name, message, code = '' } = cause as Error & { code?: string };
  const refusal = refusals[name] ?? refusals[code];
  const remedy = refusal ?? outages[name] ?? outages[code] ?? '';
  return new StoreError(
    refusal === undefined ? 'store-unreachable' : 'store-refused',
    `The bucket "${location.bucket}" failed: ${name}: ${message} ${remedy}`.trim(),
    { cause },
  );
}
