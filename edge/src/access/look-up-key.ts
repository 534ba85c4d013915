import type { KeyRecord } from '@glimpse/shared/access/key-record';
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import type { WaitUntil } from '../model/single-flight.ts';
import type { Access } from './access.ts';

/**
 * @returns undefined where there is no such key, or the endpoint has none at all
 * @throws {Problem} keys-unavailable where the bucket of keys cannot be read
 */
export async function lookUpKey(
  { keys }: Access,
  identity: { id: string; sha256: string },
  keeper: WaitUntil,
): Promise<KeyRecord | undefined> {
  try {
    return await keys?.find(identity, keeper);
  } catch (cause) {
    throw new Problem('keys-unavailable', 'The key could not be looked up; try again.', {
      cause,
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
}
