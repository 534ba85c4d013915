/**
 * Writes that happen only on a condition, and the check that a store honors conditions. Some S3 servers accept `If-Match` and `If-None-Match` and ignore them: on
 * these, two concurrent publishers would silently overwrite each other.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { TrainingError } from '../training-error.ts';

/** In the model's folder, because an access key may be limited to it. */
export const probePrefix = (model: string) => `models/${model}/probe-`;

/** @throws {TrainingError} `store-unconditional` @throws {StoreError} */
export async function assertConditionalWrites(store: ObjectStore, model: string): Promise<void> {
  const key = `${probePrefix(model)}${randomUUID()}`;
  const [first, second] = [Uint8Array.of(1), Uint8Array.of(2)];
  // A store that does not answer would let the cleanup wait, too.
  const created = await store.put(key, first, 'absent');
  try {
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

const ATTEMPTS = 5;
const WAIT_MS = 200;

/**
 * Writes an object that never changes.
 *
 * @returns false if the same bytes were stored already
 * @throws {TrainingError} `publish-conflict` if other bytes are stored; `store-failed` @throws {StoreError}
 */
export async function putOnce(
  store: ObjectStore,
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
  same: (existing: Uint8Array<ArrayBuffer>) => boolean = (existing) => Buffer.compare(existing, bytes) === 0,
): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (await store.put(key, bytes, 'absent')) return true;
    const existing = await store.get(key);
    if (existing && same(existing.bytes)) return false;
    if (existing) {
      throw new TrainingError(
        'publish-conflict',
        `${key} exists in ${store.description} with other bytes, and a stored version never changes.`,
      );
    }
    // The write was rejected, but the object is absent: another write of the key is in progress.
    await setTimeout(WAIT_MS * attempt);
  }
  throw new TrainingError('store-failed', `${store.description} neither accepts ${key} nor has it. Try again later.`);
}
