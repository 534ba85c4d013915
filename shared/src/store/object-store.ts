/**
 * Object storage as Glimpse uses it. A driver implements {@link ObjectStore} in one file: R2 in this folder, S3 with aws4fetch
 * in edge/src/store, S3 with the AWS SDK and wrangler's local buckets in training/src/store. All of them pass
 * test/support/store.contract.ts. Releases, keys and feedback are layers above; which bucket is opened decides who can read it.
 */

export interface StoredObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Opaque; changes with every write of other bytes. */
  readonly etag: string;
}

export interface OpenedObject {
  readonly body: ReadableStream<Uint8Array>;
  /** Bytes of the whole object. */
  readonly size: number;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** By the store's clock. */
  readonly modified: Date;
}

export interface ListPage {
  /** In the order of their keys. */
  readonly objects: readonly ListedObject[];
  /** Prefixes that end with the delimiter; empty without one. */
  readonly folders: readonly string[];
  /** Pass it to get the next page; undefined on the last one. */
  readonly cursor: string | undefined;
}

export interface ListOptions {
  /** Objects and folders on one page, 1 to 1000 (the default). */
  readonly limit?: number;
  readonly cursor?: string | undefined;
  /** Keys that contain it after the prefix are grouped into folders. */
  readonly delimiter?: '/';
}

export interface ByteRange {
  readonly offset: number;
  /** At least 1. */
  readonly length: number;
}

export interface GetOptions {
  /** A larger object is rejected before its rest is read. Without it, the size is unbounded. */
  readonly maxBytes?: number;
  /** What the caller holds already. It is returned as is if the object still has its etag. */
  readonly cached?: StoredObject | undefined;
}

/** The object does not exist (`absent`), still has this etag, or no condition (`any`). */
export type PutCondition = 'absent' | 'any' | { readonly etag: string };

/** Each method throws a StoreError if the store fails or exceeds its deadline. */
export interface ObjectStore {
  /** For messages: `s3://bucket/prefix`, `the local bucket`. */
  readonly description: string;
  /** @returns undefined if there is no such object */
  get(key: string, options?: GetOptions): Promise<StoredObject | undefined>;
  /**
   * Streams an object or a part of it. The deadline covers the time until the stream begins; its reader sets the pace.
   *
   * @returns undefined if there is no such object
   */
  open(key: string, range?: ByteRange): Promise<OpenedObject | undefined>;
  /**
   * Writes only if the condition holds. A write that the network repeats can fail its own condition: compare the bytes.
   *
   * @returns false if nothing was written: the condition does not hold, or another conditional write of the key is in progress
   */
  put(key: string, bytes: Uint8Array<ArrayBuffer>, condition: PutCondition): Promise<boolean>;
  /** One page of the objects whose keys start with `prefix`. */
  list(prefix: string, options?: ListOptions): Promise<ListPage>;
  /** Idempotent. */
  delete(key: string): Promise<void>;
}

/** Enough to read a release: a store, or cached copies of what it held. */
export type ObjectReader = Pick<ObjectStore, 'get'>;

export interface StoreOptions {
  /** Milliseconds for one operation. */
  readonly deadlineMs: number;
}

/** All pages of a listing. */
export async function listAll(store: Pick<ObjectStore, 'list'>, prefix: string): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(prefix, { cursor });
    objects.push(...page.objects);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return objects;
}

/** The media type that an object is stored with. */
export function contentType(key: string): string {
  return key.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}
