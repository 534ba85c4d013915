/** Looks up a key's record, and translates failures of the account store for the caller. */
import { identifyKey, type KeyIdentity, type KeyRecord } from '@glimpse/shared/access/key-record';
import { readKeyText } from '@glimpse/shared/access/key-text';
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import type { WaitUntil } from '../model/single-flight.ts';
import type { Access } from './access.ts';

/**
 * @returns undefined if there is no such key, or the endpoint has no keys
 * @throws {Problem} keys-unavailable if the record cannot be read
 */
export async function lookUpKey(
  { keys }: Pick<Access, 'keys'>,
  identity: KeyIdentity,
  context: WaitUntil,
): Promise<KeyRecord | undefined> {
  try {
    return await keys?.find(identity, context);
  } catch (cause) {
    throw new Problem('keys-unavailable', 'The key could not be looked up. Try again.', {
      cause,
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
}

/**
 * The origins of a publishable key, which may embed the widget's frame.
 *
 * @param text from the frame's query, `?key=glp_…`
 * @returns undefined unless it is a valid publishable key
 * @throws {Problem} keys-unavailable
 */
export async function originsOfKey(
  access: Pick<Access, 'keys'>,
  text: string,
  context: WaitUntil,
): Promise<readonly string[] | undefined> {
  const read = readKeyText(text);
  if (!('kind' in read) || read.kind !== 'publishable') return undefined;
  const key = await lookUpKey(access, await identifyKey(text), context);
  return key && !key.revoked ? key.origins : undefined;
}
