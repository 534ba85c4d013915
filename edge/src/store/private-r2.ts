/** The private bucket as the Worker's R2 binding. */
import type { PrivateStore } from './private-store.ts';
import { r2Store, reading } from './r2.ts';
import type { StoreOptions } from './store.ts';

export function r2PrivateStore(bucket: R2Bucket, options: StoreOptions): PrivateStore {
  const { deadlineMs } = options;
  const reader = r2Store(bucket, options);
  return {
    async get(key, { maxBytes }) {
      const object = await reader.get(key, { maxBytes });
      return object === 'unchanged' ? undefined : object;
    },
    put: (key, bytes, condition) => {
      const onlyIf =
        condition === 'any'
          ? {}
          : { onlyIf: condition === 'absent' ? { etagDoesNotMatch: '*' } : { etagMatches: condition.etag } };
      const written: Promise<R2Object | null> = bucket.put(key, bytes, onlyIf);
      return reading(
        deadlineMs,
        key,
        written.then((object) => object !== null),
        'written',
      );
    },
    delete: (key) => reading(deadlineMs, key, bucket.delete(key), 'deleted'),
    list: (prefix, { limit, cursor }) =>
      reading(
        deadlineMs,
        `the list of ${prefix}`,
        bucket.list({ prefix, limit, ...(cursor === undefined ? {} : { cursor }) }).then((page) => ({
          objects: page.objects.map(({ key, size }) => ({ key, size })),
          cursor: page.truncated ? page.cursor : undefined,
        })),
      ),
  };
}
