/** Where releases are read from. An implementation is one file here and one line in isolate.ts. */

import type { ByteRange } from '../body/byte-range.ts';

export interface StoredObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Opaque; hand it back as `ifNoneMatch`. */
  readonly etag: string;
}

export interface OpenedObject {
  readonly body: ReadableStream<Uint8Array>;
  /** Of the whole object, in bytes. */
  readonly size: number;
}

export interface GetOptions {
  /** The etag that is known already. */
  readonly ifNoneMatch?: string | undefined;
  /** An object that is larger is refused, and not read further than that. */
  readonly maxBytes: number;
}

export interface Store {
  /**
   * @returns `unchanged` where the object still has the etag `ifNoneMatch`; undefined where there is no such object
   * @throws {StoreError}
   */
  get(key: string, options: GetOptions): Promise<StoredObject | 'unchanged' | undefined>;
  /**
   * An object, or a part of it, as it comes; its reader sets the pace.
   *
   * @returns undefined where there is no such object
   * @throws {StoreError}
   */
  open(key: string, range?: ByteRange): Promise<OpenedObject | undefined>;
  /**
   * Names of the folders under models/. Whether a release is in them is not looked at.
   *
   * @throws {StoreError}
   */
  listModels(): Promise<string[]>;
}

/** What releases can be read from: the store itself, or copies of what was in it. */
export type ReleaseSource = Pick<Store, 'get'>;

export interface StoreOptions {
  /** Milliseconds that one read may take, from the request to the last byte. */
  readonly deadlineMs: number;
}

/** Pages of a listing that are read: 1,000 names each. */
export const MAX_LIST_PAGES = 5;
