/** Object storage as publishing needs it: reads, and writes that happen only on a condition. */

export interface StoredObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** By the store's clock. */
  readonly modified: Date;
}

/** The object does not exist yet (`absent`), is still the one with that etag, or whatever is there (`any`). */
export type Condition = 'absent' | 'any' | { readonly etag: string };

export interface ReleaseStore {
  /** For messages: `s3://bucket/prefix`, `the local bucket`. */
  readonly description: string;
  /** undefined when there is no such object. */
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * Writes only if `condition` holds.
   *
   * @returns false when it does not hold; nothing was written then
   */
  put(key: string, bytes: Uint8Array<ArrayBuffer>, condition: Condition): Promise<boolean>;
  /** All objects whose keys begin with `prefix`, in the order of their keys. */
  list(prefix: string): Promise<ListedObject[]>;
  /** What is not there is gone already. */
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}

/** By the key's ending; everything else is bytes. */
export function contentType(key: string): string {
  return key.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}
