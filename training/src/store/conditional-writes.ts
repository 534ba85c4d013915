/**
 * Whether a store honors the conditions of writes. Some S3 servers accept `If-Match` and `If-None-Match` and ignore them: on
 * these, two concurrent publishers would silently overwrite each other.
 */
import { randomUUID } from 'node:crypto';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { TrainingError } from '../training-error.ts';

/** In the model's folder, because an access key may be limited to it. */
export const probePrefix = (model: string) => `models/${model}/probe-`;

/** @throws {TrainingError} `store-unconditional` @throws {StoreError} */
export async function assertConditionalWrites(store: ObjectStore, model: string): Promise<void> {
  const key = `${probePrefix(model)}${randomUUID()}`;
  const [first, second] = [Uint8Array.of(1), Uint8Array.of(2)];
  try {
    const created = await store.put(key, first, 'absent');
    const { etag } = (await store.get(key)) ?? { etag: '' };
    const createdTwice = await store.put(key, second, 'absent');
    const replaced = await store.put(key, second, { etag });
    const replacedTwice = await store.put(key, first, { etag });
    if (created && !createdTwice && replaced && !replacedTwice) return;
  } finally {
    // The access key may lack the permission to delete: then `prune` removes the probe later.
    await store.delete(key).catch(() => {});
  }
  throw new TrainingError(
    'store-unconditional',
    `${store.description} does not honor conditional writes (If-None-Match, If-Match): two concurrent publishers would ` +
      'overwrite each other. Nothing was published. Use R2, AWS S3 or another store with conditional writes. If nobody else ' +
      'ever publishes, use --unsafe-single-writer.',
  );
}

/** For a store without conditional writes and a single writer: checks each condition just before the write. */
export function singleWriter(store: ObjectStore): ObjectStore {
  return {
    description: store.description,
    get: (key, options) => store.get(key, options),
    open: (key, range) => store.open(key, range),
    async put(key, bytes, condition) {
      const existing = condition === 'any' ? undefined : await store.get(key);
      if (condition === 'absent' && existing) return false;
      if (typeof condition === 'object' && existing?.etag !== condition.etag) return false;
      return store.put(key, bytes, 'any');
    },
    list: (prefix, options) => store.list(prefix, options),
    delete: (key) => store.delete(key),
  };
}
