/** Any S3 server, addressed by path. aws4fetch signs with AWS Signature Version 4. */
import {
  type ByteRange,
  contentType,
  type GetOptions,
  type ListOptions,
  type ListPage,
  type ObjectStore,
  type OpenedObject,
  type PutCondition,
  type StoredObject,
  type StoreOptions,
} from '@glimpse/shared/store/object-store';
import { objectTooLarge, StoreError } from '@glimpse/shared/store/store-error';
import { AwsClient } from 'aws4fetch';
import * as z from 'zod/mini';
import { collect } from '../body/stream.ts';
import { ConfigurationError, parseVariables } from '../configuration-error.ts';
import type { StoreDriver } from './drivers.ts';
import { notAnS3Server, s3Error } from './s3-error.ts';

export interface S3Settings {
  /** Without a bucket: `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly bucket: string;
  /** The variable that names the bucket, for messages. The default is `S3_BUCKET`. */
  readonly bucketVariable?: string;
  /** Folder in the bucket; empty, or with a slash at its end. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Longest XML that is read of an error or a listing. */
const MAX_XML_BYTES = 1024 * 1024;

export class S3Store implements ObjectStore {
  readonly description: string;
  readonly #settings: S3Settings;
  readonly #deadlineMs: number;
  readonly #client: AwsClient;
  readonly #bucketUrl: string;

  constructor(settings: S3Settings, { deadlineMs }: StoreOptions) {
    const { endpoint, bucket, prefix, accessKeyId, secretAccessKey, region } = settings;
    this.description = `s3://${bucket}/${prefix}`.replace(/\/$/, '');
    this.#settings = settings;
    this.#deadlineMs = deadlineMs;
    // The caller decides when to retry: retries here would use up the deadline unnoticed.
    this.#client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
    this.#bucketUrl = `${endpoint.replace(/\/+$/, '')}/${encodeURIComponent(bucket)}`;
  }

  get(
    key: string,
    { maxBytes = Number.POSITIVE_INFINITY, cached }: GetOptions = {},
  ): Promise<StoredObject | undefined> {
    // The condition is not signed: if a proxy drops it, the whole object arrives, and the signature still holds.
    const unsigned: Record<string, string> = cached ? { 'If-None-Match': cached.etag } : {};
    return this.#request(this.#urlOf(key), { unsigned }, async (response) => {
      // Only a conditional read can be answered with 304.
      if (response.status === 304 && cached) return cached;
      if (response.status !== 200) return this.#expectAbsent(response);
      const etag = response.headers.get('ETag') ?? '';
      // S3 gives every object an ETag.
      if (etag === '' && /^text\/html/i.test(response.headers.get('Content-Type') ?? '')) {
        await response.body?.cancel();
        throw notAnS3Server(this.#settings, '200, a web page');
      }
      if (Number(response.headers.get('Content-Length') ?? 0) > maxBytes) {
        await response.body?.cancel();
        throw objectTooLarge(key, maxBytes);
      }
      return { etag, bytes: await readBounded(response, maxBytes, () => objectTooLarge(key, maxBytes)) };
    });
  }

  async open(key: string, range?: ByteRange): Promise<OpenedObject | undefined> {
    const headers: Record<string, string> = range
      ? { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` }
      : {};
    // Ends when the answer begins: after that, the reader sets the pace.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(new DOMException('no answer', 'TimeoutError')), this.#deadlineMs);
    const init = { headers, signal: deadline.signal };
    try {
      return await this.#request(this.#urlOf(key), init, async (response) => {
        if (response.status !== 200 && response.status !== 206) return this.#expectAbsent(response);
        // A server without support for ranges sends the whole object.
        if (range && response.status !== 206) {
          await response.body?.cancel();
          throw new StoreError('store-refused', 'The S3 server does not support range requests.');
        }
        const total = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
        const size = Number(total ?? response.headers.get('Content-Length') ?? 0);
        return { body: response.body ?? new Response('').body!, size };
      });
    } finally {
      clearTimeout(timer);
    }
  }

  put(key: string, bytes: Uint8Array<ArrayBuffer>, condition: PutCondition): Promise<boolean> {
    const headers: Record<string, string> = {
      'Content-Type': contentType(key),
      ...(condition === 'absent' && { 'If-None-Match': '*' }),
      ...(typeof condition === 'object' && { 'If-Match': condition.etag }),
    };
    return this.#request(this.#urlOf(key), { method: 'PUT', body: bytes, headers }, async (response) => {
      const { status } = response;
      // 412: the condition does not hold. 409: another conditional write of the key is in progress.
      const conflict = condition !== 'any' && (status === 412 || status === 409);
      if (status === 200 || conflict) {
        await response.body?.cancel();
        return !conflict;
      }
      // If-Match on an absent key is 412 on some servers and 404 on others.
      await this.#expectAbsent(response);
      if (typeof condition === 'object') return false;
      throw new StoreError('store-unreachable', `The S3 server answered 404 NoSuchKey to a write of ${key}.`);
    });
  }

  async list(prefix: string, { limit, cursor, delimiter }: ListOptions = {}): Promise<ListPage> {
    const { prefix: folder } = this.#settings;
    const query = new URLSearchParams({
      'list-type': '2',
      prefix: folder + prefix,
      ...(limit !== undefined && { 'max-keys': String(limit) }),
      ...(delimiter !== undefined && { delimiter }),
      ...(cursor !== undefined && { 'continuation-token': cursor }),
    });
    const xml = await this.#request(`${this.#bucketUrl}?${query}`, {}, async (response) =>
      response.status === 200 ? readText(response) : ((await this.#expectAbsent(response)) ?? ''),
    );
    const objects = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, content = '']) => ({
      key: elementOf(content, 'Key')!.slice(folder.length),
      size: Number(elementOf(content, 'Size')),
      modified: new Date(elementOf(content, 'LastModified') ?? 0),
    }));
    const folders = [...xml.matchAll(/<CommonPrefixes>(.*?)<\/CommonPrefixes>/gs)].map(([, content = '']) =>
      elementOf(content, 'Prefix')!.slice(folder.length),
    );
    return { objects, folders, cursor: elementOf(xml, 'NextContinuationToken') };
  }

  delete(key: string): Promise<void> {
    return this.#request(this.#urlOf(key), { method: 'DELETE' }, async (response) => {
      if (response.status !== 200 && response.status !== 204) await this.#expectAbsent(response);
      else await response.body?.cancel();
    });
  }

  /**
   * @param init.signal in place of the deadline
   * @throws {StoreError}
   */
  async #request<T>(
    url: string,
    { unsigned = {}, signal, ...init }: RequestInit & { readonly unsigned?: Readonly<Record<string, string>> },
    use: (response: Response) => Promise<T>,
  ): Promise<T> {
    try {
      // A redirect would carry the signature to another host, and a cached answer would hide a channel's move.
      const signed = await this.#client.sign(url, { ...init, redirect: 'manual', cache: 'no-store' });
      for (const [name, value] of Object.entries(unsigned)) signed.headers.set(name, value);
      return await use(await fetch(signed, { signal: signal ?? AbortSignal.timeout(this.#deadlineMs) }));
    } catch (cause) {
      throw toStoreError(cause, this.#settings, this.#deadlineMs);
    }
  }

  /** @returns undefined if the response says "no such object" @throws {StoreError} for any other failure */
  async #expectAbsent(response: Response): Promise<undefined> {
    // The error's code only: the rest of the document may name keys and signatures.
    const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(await readText(response).catch(() => ''))?.[1];
    const error = s3Error(response.status, code, this.#settings);
    if (error) throw error;
    return undefined;
  }

  #urlOf(key: string): string {
    return `${this.#bucketUrl}/${encodeKey(this.#settings.prefix + key)}`;
  }
}

function toStoreError(cause: unknown, { endpoint }: S3Settings, deadlineMs: number): StoreError {
  if (cause instanceof StoreError) return cause;
  const { host } = new URL(endpoint);
  const late = cause instanceof Error && (cause.name === 'TimeoutError' || cause.name === 'AbortError');
  return new StoreError(
    'store-unreachable',
    late
      ? `The S3 server ${host} did not answer in full within ${deadlineMs / 1000} s.`
      : `No connection to the S3 server ${host}: check S3_ENDPOINT.`,
    { cause },
  );
}

async function readBounded(response: Response, maxBytes: number, tooLarge: () => Error) {
  if (!response.body) return new Uint8Array(0);
  const reader = response.body.getReader();
  let length = 0;
  try {
    return await collect(() => reader.read(), {
      declared: Number(response.headers.get('Content-Length') ?? 0),
      count(bytes) {
        length += bytes;
        if (length > maxBytes) throw tooLarge();
      },
    });
  } catch (error) {
    reader.cancel().catch(() => {});
    throw error;
  }
}

async function readText(response: Response): Promise<string> {
  const tooLarge = () => objectTooLarge("The S3 server's XML", MAX_XML_BYTES);
  return new TextDecoder().decode(await readBounded(response, MAX_XML_BYTES, tooLarge));
}

/** S3 escapes every byte but the unreserved ones, and keeps the slashes. */
function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}

function elementOf(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? undefined : unescapeXml(text);
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});/gi, (_, name: string) =>
    name.startsWith('#')
      ? String.fromCodePoint(Number(name.replace(/^#x/i, '0x').replace('#', '')))
      : ENTITIES[name.toLowerCase()]!,
  );
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

const endpoint = z.string().check(
  z.refine((text) => isAllowedEndpoint(text), {
    message: `must be an https URL; http is only allowed for ${LOOPBACK.join(', ')}`,
  }),
);

const nonEmpty = z.string().check(z.minLength(1, 'is missing'));

const variablesSchema = z.object({
  S3_ENDPOINT: endpoint,
  S3_BUCKET: nonEmpty,
  S3_PREFIX: z._default(z.string(), ''),
  S3_REGION: z._default(z.string().check(z.minLength(1)), 'auto'),
  S3_ACCESS_KEY_ID: nonEmpty,
  S3_SECRET_ACCESS_KEY: nonEmpty,
});

export const s3Driver: StoreDriver = {
  configure(env, role) {
    if (!env.S3_ENDPOINT) {
      if (role === 'releases' || !env.PRIVATE_S3_BUCKET) return undefined;
      throw new ConfigurationError(
        'PRIVATE_S3_BUCKET is set without S3_ENDPOINT. Set S3_ENDPOINT, or bind an R2 bucket as PRIVATE instead.',
      );
    }
    if (role === 'account' && !env.PRIVATE_S3_BUCKET) return undefined;
    const variables = parseVariables(variablesSchema, env);
    const prefix = variables.S3_PREFIX.replace(/^\/+|\/+$/g, '');
    const releases = {
      endpoint: variables.S3_ENDPOINT,
      bucket: variables.S3_BUCKET,
      prefix: prefix === '' ? '' : `${prefix}/`,
      region: variables.S3_REGION,
      accessKeyId: variables.S3_ACCESS_KEY_ID,
      secretAccessKey: variables.S3_SECRET_ACCESS_KEY,
    };
    if (role === 'releases') return (options) => new S3Store(releases, options);
    const bucket = String(env.PRIVATE_S3_BUCKET);
    if (bucket === releases.bucket) {
      throw new ConfigurationError(
        'PRIVATE_S3_BUCKET and S3_BUCKET are the same bucket. Name another one: releases may be public, keys and feedback must not be.',
      );
    }
    const account = { ...releases, bucket, bucketVariable: 'PRIVATE_S3_BUCKET', prefix: '' };
    return (options) => new S3Store(account, options);
  },
};

function isAllowedEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, search, hash } = new URL(text);
  if (username || search || hash) return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname));
}
