/** Any S3 server with conditional writes, through the AWS SDK: R2's S3 API, AWS, SeaweedFS, versitygw and others. */
import { setTimeout as sleep } from 'node:timers/promises';
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
/** Time without progress after which an attempt fails, in milliseconds. */
const IDLE_MS = 20_000;
/** Time from sending a request, a part of 8 MiB included, to the response's headers: as many idle deadlines. */
const IDLE_DEADLINES_PER_REQUEST = 9;
const ATTEMPTS = 4;
/** Attempts of a conditional write while another one of the same key is in progress, and the first wait between them. */
const CONFLICT_ATTEMPTS = 6;
const CONFLICT_WAIT_MS = 100;

interface S3ClientOptions extends StoreOptions {
  /** Receives a message for each failed attempt that is repeated. */
  readonly onRetry?: (message: string) => void;
}

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
    return new S3Store(location, { deadlineMs: IDLE_MS, onRetry: (message) => console.error(message) });
  },
};

/** @throws {TrainingError} `store-failed` if the text is not `s3://bucket[/prefix]` */
export function parseS3Url(url: string): S3Location {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(url);
  if (!match) throw new TrainingError('store-failed', `"${url}" is not of the form s3://bucket/prefix.`);
  const prefix = match[2] ?? '';
  // Servers and tools differ in whether they merge or resolve these, so the Worker might look elsewhere.
  if (url.slice('s3://'.length).includes('//') || /(?:^|\/)\.{1,2}(?:\/|$)/.test(prefix)) {
    throw new TrainingError(
      'store-failed',
      `The prefix of "${url}" has an empty part ("//"), "." or "..": use s3://bucket/folder/folder.`,
    );
  }
  return { bucket: match[1]!, prefix };
}

/** The bucket and key of a release's object, as the SDK names them. */
export function s3Location({ bucket, prefix }: S3Location, key: string): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: prefix ? `${prefix}/${key}` : key };
}

/**
 * Credentials, region and endpoint come from where AWS' own tools look: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
 * AWS_REGION, AWS_ENDPOINT_URL_S3 (for R2: https://<account>.r2.cloudflarestorage.com, region `auto`), or a profile.
 *
 * @param options.deadlineMs time without progress after which an attempt fails
 */
export function openS3Client({ deadlineMs, onRetry }: S3ClientOptions = { deadlineMs: IDLE_MS }): S3Client {
  const client = new S3Client({
    // R2 and others reject the checksums that the SDK adds by default. Glimpse verifies every file by SHA-256 anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    forcePathStyle: true,
    requestHandler: {
      connectionTimeout: deadlineMs,
      socketTimeout: deadlineMs,
      requestTimeout: deadlineMs * IDLE_DEADLINES_PER_REQUEST,
      throwOnRequestTimeout: true,
    },
    // The SDK doubles the wait between attempts, which bridges short outages. If the response to a write is lost, the retry
    // fails its own condition: callers of `put` compare what is stored.
    maxAttempts: ATTEMPTS,
    ...(process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION ? {} : { region: 'auto' }),
  });
  if (onRetry) reportRetries(client, onRetry);
  return client;
}

function reportRetries(client: S3Client, onRetry: (message: string) => void): void {
  client.middlewareStack.addRelativeTo(
    <Input, Result>(next: (args: Input) => Promise<Result>) => {
      let attempt = 0;
      return async (args: Input): Promise<Result> => {
        if (attempt > 0) onRetry(`Trying the store again (attempt ${attempt + 1} of ${ATTEMPTS}).`);
        attempt++;
        try {
          return await next(args);
        } catch (error) {
          const status = statusOf(error);
          // Other answers are final.
          if (status === undefined || status >= 500 || status === 429) onRetry(`The store failed: ${explain(error)}.`);
          throw error;
        }
      };
    },
    { name: 'reportRetries', relation: 'after', toMiddleware: 'retryMiddleware' },
  );
}

/** Uses the credentials that `openS3Client` finds. */
export class S3Store implements StoreConnection {
  readonly description: string;
  readonly #location: S3Location;
  readonly #client: S3Client;
  readonly #deadlineMs: number;
  readonly #onRetry: (message: string) => void;

  constructor(location: S3Location, options: S3ClientOptions = { deadlineMs: IDLE_MS }) {
    this.description = `s3://${location.bucket}${location.prefix ? `/${location.prefix}` : ''}`;
    this.#location = location;
    this.#client = openS3Client(options);
    this.#deadlineMs = options.deadlineMs;
    this.#onRetry = options.onRetry ?? (() => {});
  }

  async get(key: string, { maxBytes = Number.POSITIVE_INFINITY, cached }: GetOptions = {}) {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#read(key, cached && { IfNoneMatch: cached.etag });
      if (response === undefined) return undefined;
      if (response === 'not modified') return cached;
      const body = response.Body!;
      if (response.ContentLength! > maxBytes) {
        await body.transformToWebStream().cancel();
        throw objectTooLarge(key, maxBytes);
      }
      const etag = this.#expectS3(response.ETag);
      try {
        return { bytes: await this.#readBody(body), etag } satisfies StoredObject;
      } catch (cause) {
        // The SDK repeats requests, but not the reading of a body that broke off.
        if (attempt === ATTEMPTS) throw toStoreError(cause, this.#location);
        this.#onRetry(`${key} broke off: ${explain(cause)}. Trying again (attempt ${attempt + 1} of ${ATTEMPTS}).`);
      }
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
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#putOnCondition(key, bytes, condition);
      } catch (error) {
        const status = statusOf(error);
        // 409: another write of the key is in progress, and nothing is known about the condition.
        if (status === 409 && attempt < CONFLICT_ATTEMPTS) {
          await sleep(CONFLICT_WAIT_MS * 2 ** (attempt - 1) * (1 + Math.random()));
          continue;
        }
        if (condition !== 'any' && status === 412) return false;
        // If-Match on an absent key is 412 on some servers and 404 on others.
        if (status === 404 && typeof condition === 'object' && (error as Error).name === 'NoSuchKey') return false;
        // The parts were assembled, and the response was lost.
        if (condition !== 'any' && (error as Error).name === 'NoSuchUpload') return false;
        throw toStoreError(error, this.#location);
      }
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

  /** A body that trickles in resets the socket's timeout with each byte. */
  async #readBody(body: { transformToByteArray(): Promise<Uint8Array>; destroy?(error: Error): void }) {
    const deadlineMs = this.#deadlineMs * IDLE_DEADLINES_PER_REQUEST;
    const timer = setTimeout(
      () => body.destroy?.(Object.assign(new Error(`no whole body in ${deadlineMs} ms`), { name: 'TimeoutError' })),
      deadlineMs,
    );
    try {
      return new Uint8Array(await body.transformToByteArray());
    } finally {
      clearTimeout(timer);
    }
  }

  async #putOnCondition(key: string, bytes: Uint8Array<ArrayBuffer>, condition: PutCondition): Promise<boolean> {
    const params = {
      ...s3Location(this.#location, key),
      ...(condition === 'absent' && { IfNoneMatch: '*' }),
      ...(typeof condition === 'object' && { IfMatch: condition.etag }),
      Body: bytes,
      ContentType: contentType(key),
    };
    if (bytes.length <= PART_BYTES) {
      this.#expectS3((await this.#client.send(new PutObjectCommand(params))).ETag);
      return true;
    }
    // S3 checks the condition after the last part: an object that exists need not be uploaded to learn that.
    if (condition === 'absent' && (await this.#exists(key))) return false;
    this.#expectS3((await new Upload({ client: this.#client, params, partSize: PART_BYTES }).done()).ETag);
    return true;
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
  const { $metadata, $response } = (error ?? {}) as {
    $metadata?: { httpStatusCode?: number };
    $response?: { statusCode?: number };
  };
  return $metadata?.httpStatusCode ?? $response?.statusCode;
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
  TimeoutError: 'Check the network and AWS_ENDPOINT_URL_S3, and try again: what was written is kept.',
  SlowDown: 'The store is overloaded: try again later.',
};

/** For an error without a code that S3 defines, as proxies send: by HTTP status. */
function refusalByStatus(status: number): string | undefined {
  if (status >= 300 && status < 400)
    return 'The endpoint redirects, which S3 servers do not: check AWS_ENDPOINT_URL_S3 and AWS_REGION.';
  if (status === 401 || status === 403)
    return 'Access was denied: check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the permissions for the bucket.';
  if (status === 404) return refusals.NotFound;
  if (status === 413)
    return 'The endpoint accepts no request of this size: check the limits of the proxy before the store.';
  if (status >= 400 && status < 500 && ![408, 409, 425, 429].includes(status))
    return 'The endpoint rejected the request: check AWS_ENDPOINT_URL_S3, and that it is an S3 server.';
  return undefined;
}

function outageByStatus(status: number): string {
  if (status === 409) return 'Another write of the same object is in progress: try again later.';
  if (status === 429) return 'The store limits requests: try again later.';
  return 'The store or a proxy before it is out of order: try again later.';
}

/** What went wrong, without a remedy. */
function explain(error: unknown): string {
  const { name, message, code } = error as Error & { code?: string };
  const status = statusOf(error);
  if (name === 'TimeoutError') return 'it did not answer in time';
  // The SDK's names for a response whose body names no error.
  const unnamed = ['Unknown', 'UnknownError', 'SyntaxError', 'NotFound'].includes(name) || isUnparsed(error);
  if (status === undefined) return `${code ?? name}: ${message}`;
  return unnamed ? `HTTP ${status}` : `HTTP ${status}, ${name}: ${message}`;
}

/** The SDK's message for a response that is not the expected XML. */
function isUnparsed(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Deserialization error');
}

function toStoreError(cause: unknown, location: S3Location): StoreError {
  if (cause instanceof StoreError) return cause;
  const status = statusOf(cause);
  if (isUnparsed(cause) && (status === undefined || status < 300)) return notAnS3Server(location, cause);
  const { name, code = '' } = cause as Error & { code?: string };
  const known = refusals[name] ?? refusals[code];
  const outage = outages[name] ?? outages[code];
  const refusal = known ?? (outage === undefined && status !== undefined ? refusalByStatus(status) : undefined);
  const remedy = refusal ?? outage ?? (status === undefined ? '' : outageByStatus(status));
  return new StoreError(
    refusal === undefined ? 'store-unreachable' : 'store-refused',
    `The bucket "${location.bucket}" failed: ${explain(cause)}. ${remedy}`.trim(),
    { cause },
  );
}
