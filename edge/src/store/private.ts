/** What nobody but the service may read: feedback. Never the bucket of the releases, which may be public. */
import { collect } from '../streams/collect.ts';
import { TIMED_OUT, within } from '../streams/deadline.ts';
import type { GetOptions, StoredObject, StoreOptions } from './store.ts';
import { StoreError } from './store-error.ts';

/** The object does not exist yet (`absent`), is still the one with that etag, or whatever is there (`any`). */
export type Condition = 'absent' | 'any' | { readonly etag: string };

export interface PrivateStore {
  /** Undefined where there is no such object. @throws {StoreError} */
  get(key: string, options: Pick<GetOptions, 'maxBytes'>): Promise<StoredObject | undefined>;
  /** @returns false where the condition does not hold; nothing was written then @throws {StoreError} */
  put(key: string, bytes: Uint8Array<ArrayBuffer>, condition: Condition): Promise<boolean>;
  /** What is not there is gone already. @throws {StoreError} */
  delete(key: string): Promise<void>;
}

export function privateR2(bucket: R2Bucket, { deadlineMs }: StoreOptions): PrivateStore {
  async function within10<T>(work: Promise<T>): Promise<T> {
    const outcome = await within(deadlineMs, work).catch((cause: Error) => {
      throw new StoreError('store-unreachable', `R2 failed: ${cause.message}`, { cause });
    });
    if (outcome === TIMED_OUT) throw new StoreError('store-unreachable', 'R2 is late.');
    return outcome;
  }
  return {
    get: (key, { maxBytes }) =>
      within10(
        (async () => {
          const object = await bucket.get(key);
          if (!object) return undefined;
          if (object.size > maxBytes) throw new StoreError('object-too-large', `${key} is too large.`);
          const reader = object.body.getReader();
          return {
            etag: object.etag,
            bytes: await collect(() => reader.read(), { declared: object.size, count() {} }),
          };
        })(),
      ),
    async put(key, bytes, condition) {
      const onlyIf =
        condition === 'absent'
          ? { etagDoesNotMatch: '*' }
          : typeof condition === 'object'
            ? { etagMatches: condition.etag }
            : undefined;
      return (await within10(bucket.put(key, bytes, onlyIf ? { onlyIf } : {}))) !== null;
    },
    delete: (key) => within10(bucket.delete(key)),
  };
}
