/** Object storage as publishing needs it: reads, and writes that happen only on a condition. */

export interface StoredObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

export interface ReleaseStore {
  /** For messages: `s3://bucket/prefix`, `the local bucket`. */
  readonly description: string;
  /** undefined when there is no such object. */
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * Writes only if `condition` holds: the object does not exist yet (`absent`), or is still the one with that etag.
   *
   * @returns false when it does not hold; nothing was written then
   */
  put(key: string, bytes: Uint8Array<ArrayBuffer>, condition: 'absent' | { etag: string }): Promise<boolean>;
  close(): Promise<void>;
}

/** By the key's ending; everything else is bytes. */
export function contentType(key: string): string {
  return key.endsWith('.json') ? 'application/json' : 'application/octet-stream';
}
