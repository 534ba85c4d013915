/** Writes an object that never changes. */
import { setTimeout } from 'node:timers/promises';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { TrainingError } from '../training-error.ts';

const ATTEMPTS = 5;
const WAIT_MS = 200;

/**
 * @returns false when the same bytes were there already
 * @throws {TrainingError} `publish-conflict` when others are
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
        `${key} exists in ${store.description} with other bytes. A version never changes.`,
      );
    }
    // Refused, and not there: somebody else's write of it is under way.
    await setTimeout(WAIT_MS * attempt);
  }
  throw new TrainingError('store-failed', `${store.description} neither takes ${key} nor has it. Try again later.`);
}
