/** Any S3 server, addressed by path. Signed with AWS Signature Version 4 by aws4fetch. */

import { StoreError } from '@glimpse/shared/store/store-error';
import { AwsClient } from 'aws4fetch';
import { collect } from '../body/collect.ts';
import { modelNames } from './model-names.ts';
import { notAnS3Server, refusal } from './s3-error.ts';
import type { S3Settings } from './s3-settings.ts';
import { type GetOptions, MAX_LIST_PAGES, type Store, type StoreOptions } from './store.ts';

/** An error's or a listing's XML is read no further. */
const MAX_XML_BYTES = 1024 * 1024;

export function s3Store(settings: S3Settings, options: StoreOptions): Store {
  const { client, bucketUrl, request } = openS3(settings, options);
  const { deadlineMs } = options;

  return {
    async get(key, { ifNoneMatch, maxBytes }: GetOptions) {
      const url = `${bucketUrl}/${encodeKey(settings.prefix + key)}`;
      return request(url, ifNoneMatch ? { unsigned: { 'If-None-Match': ifNoneMatch } } : {}, async (response) => {
        // To a read without a condition it is no answer.
        if (response.status === 304 && ifNoneMatch) return 'unchanged';
        if (response.status !== 200) return explain(response, settings);
        const etag = response.headers.get('ETag') ?? '';
        // S3 gives every object one.
        if (etag === '' && /^text\/html/i.test(response.headers.get('Content-Type') ?? '')) {
          await response.body?.cancel();
          throw notAnS3Server(settings, '200, a web page');
        }
        const declared = Number(response.headers.get('Content-Length') ?? 0);
        const tooLarge = () =>
          new StoreError('object-too-large', `${key} has more than the ${maxBytes} bytes that are expected there.`);
        if (declared > maxBytes) {
          await response.body?.cancel();
          throw tooLarge();
        }
        return { etag, bytes: await readBounded(response, maxBytes, tooLarge) };
      });
    },

    async open(key, range) {
      const url = `${bucketUrl}/${encodeKey(settings.prefix + key)}`;
      const headers = range ? { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` } : undefined;
      // Until the answer begins: after that, whoever reads it sets the pace.
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(new DOMException('no answer', 'TimeoutError')), deadlineMs);
      try {
        const signed = await client.sign(url, {
          ...(headers ? { headers } : {}),
          redirect: 'manual',
          cache: 'no-store',
        });
        const response = await fetch(signed, { signal: deadline.signal });
        if (response.status !== 200 && response.status !== 206) return await explain(response, settings);
        const total = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
        const size = Number(total ?? response.headers.get('Content-Length') ?? 0);
        // A server that knows no ranges sends the whole: that is not what was asked for.
        if (range && response.status !== 206) {
          await response.body?.cancel();
          throw new StoreError('store-refused', 'The S3 server does not send parts of an object.');
        }
        return { body: response.body ?? new Response('').body!, size };
      } catch (cause) {
        if (cause instanceof StoreError) throw cause;
        throw unreachable(settings, deadlineMs, cause);
      } finally {
        clearTimeout(timer);
      }
    },

    async listModels() {
      const folders: string[] = [];
      let token: string | undefined;
      for (let page = 0; page < MAX_LIST_PAGES; page++) {
        const query = new URLSearchParams({
          'list-type': '2',
          prefix: `${settings.prefix}models/`,
          delimiter: '/',
          ...(token ? { 'continuation-token': token } : {}),
        });
        const xml = await request(`${bucketUrl}?${query}`, {}, async (response) =>
          response.status === 200 ? readText(response) : explain(response, settings),
        );
        if (xml === undefined) break;
        const prefixes = xml.matchAll(/<CommonPrefixes>\s*<Prefix>([^<]*)<\/Prefix>/g);
        for (const [, folder = ''] of prefixes) folders.push(folder.slice(settings.prefix.length));
        token = /<NextContinuationToken>([^<]+)</.exec(xml)?.[1];
        if (!token) break;
      }
      return modelNames(folders);
    },
  };
}

/** Signed requests to one bucket, each within the deadline. */
export function openS3(settings: S3Settings, { deadlineMs }: StoreOptions) {
  const { accessKeyId, secretAccessKey, region } = settings;
  // Whoever asks decides when to ask again: retries here would hide in the deadline.
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
  return {
    client,
    bucketUrl: `${settings.endpoint.replace(/\/+$/, '')}/${encodeURIComponent(settings.bucket)}`,
    /**
     * @param unsigned headers that are not signed: where something on the way drops the condition of a read, the answer is a
     * longer one, and not a refusal
     * @throws {StoreError}
     */
    async request<T>(
      url: string,
      { unsigned = {}, ...init }: RequestInit & { readonly unsigned?: Readonly<Record<string, string>> },
      use: (response: Response) => Promise<T>,
    ): Promise<T> {
      try {
        // A redirect would carry the signature to another host, and a cached answer would hide a channel's move.
        const signed = await client.sign(url, { ...init, redirect: 'manual', cache: 'no-store' });
        for (const [name, value] of Object.entries(unsigned)) signed.headers.set(name, value);
        return await use(await fetch(signed, { signal: AbortSignal.timeout(deadlineMs) }));
      } catch (cause) {
        if (cause instanceof StoreError) throw cause;
        throw unreachable(settings, deadlineMs, cause);
      }
    },
  };
}

/** What an answer that is neither 200 nor 304 means: undefined for "no such object". */
export async function explain(response: Response, settings: S3Settings): Promise<undefined> {
  // S3's own word for it; nothing else of the document, which may name keys and signatures.
  const code = /<Code>([A-Za-z]{1,64})<\/Code>/.exec(await readText(response).catch(() => ''))?.[1];
  const error = refusal(response.status, code, settings);
  if (error) throw error;
  return undefined;
}

function unreachable({ endpoint }: S3Settings, deadlineMs: number, cause: unknown): StoreError {
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

export async function readText(response: Response): Promise<string> {
  const tooLarge = () => new StoreError('object-too-large', 'The S3 server sent more XML than is read.');
  return new TextDecoder().decode(await readBounded(response, MAX_XML_BYTES, tooLarge));
}

/** As S3 wants it: every byte but the unreserved ones escaped, slashes left. */
export function encodeKey(key: string): string {
  return key.split('/').map(encodeURIComponent).join('/');
}
