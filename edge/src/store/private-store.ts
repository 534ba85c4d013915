/** What the Worker asks of its second bucket, of keys and feedback. An implementation is one file here. */
import type { StoredObject } from './store.ts';

/** The object does not exist yet (`absent`), is still the one with that etag, or whatever is there (`any`). */
export type Condition = 'absent' | 'any' | { readonly etag: string };

export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

export interface Page {
  /** In the order of their keys. */
  readonly objects: readonly ListedObject[];
  /** Where the next page begins; undefined on the last. */
  readonly cursor: string | undefined;
}

/** Each of these throws a {@link StoreError} where the store fails or takes longer than its deadline. */
export interface PrivateStore {
  /** @returns undefined where there is no such object */
  get(key: string, options: { readonly maxBytes: number }): Promise<StoredObject | undefined>;
  /**
   * Writes only if the condition holds.
   *
   * @returns false where it does not, or where another conditional write of the key is under way; nothing was written then
   */
  put(key: string, bytes: Uint8Array<ArrayBuffer>, condition: Condition): Promise<boolean>;
  /** What is not there is gone already. */
  delete(key: string): Promise<void>;
  /** At most `limit` (1-1000) of the objects whose keys begin with `prefix`. */
  list(prefix: string, options: { readonly limit: number; readonly cursor?: string | undefined }): Promise<Page>;
}
