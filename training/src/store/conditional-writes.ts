/**
 * Whether a store keeps the conditions of writes. Some S3 servers take `If-Match` and `If-None-Match` and ignore them: there
 * two publishers would overwrite each other without a word.
 */
import { randomUUID } from 'node:crypto';
import type { ReleaseStore } from '../publish/store.ts';
import { TrainingError } from '../training-error.ts';

/** In a model's folder, since a key's rights may end there. */
export const probePrefix = (model: string) => `models/${model}/probe-`;

/** @throws {TrainingError} `store-unconditional`; `store-failed` */
export async function assertConditionalWrites(store: ReleaseStore, model: string): Promise<void> {
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
    // A publisher's key may lack the right to delete: then `prune` takes it away one day.
    await store.delete(key).catch(() => {});
  }
  throw new TrainingError(
    'store-unconditional',
    `${store.description} does not keep the conditions of writes (If-None-Match, If-Match): two publishers at once would ` +
      'overwrite each other. Nothing was published. Take R2, AWS S3 or another store that has them; where nobody else ever ' +
      'publishes, go on with --unsafe-single-writer.',
  );
}

/** A store without conditional writes, for one writer: conditions are looked at before the write, and may break during it. */
export function singleWriter(store: ReleaseStore): ReleaseStore {
  return {
    description: store.description,
    get: (key) => store.get(key),
    async put(key, bytes, condition) {
      const before = condition === 'any' ? undefined : await store.get(key);
      if (condition === 'absent' && before) return false;
      if (typeof condition === 'object' && before?.etag !== condition.etag) return false;
      return store.put(key, bytes, 'any');
    },
    list: (prefix) => store.list(prefix),
    delete: (key) => store.delete(key),
    close: () => store.close(),
  };
}
