/** The pages of a publishable key, for the header that says who may show the widget's frame. */
import { identifyKey } from '@glimpse/shared/access/key-record';
import { readKeyText } from '@glimpse/shared/access/key-text';
import type { WaitUntil } from '../model/single-flight.ts';
import type { Access } from './access.ts';
import { lookUpKey } from './look-up-key.ts';

/**
 * @param text of the frame's query, `?key=glp_…`
 * @returns undefined where it is no publishable key that holds
 * @throws {Problem} keys-unavailable
 */
export async function originsOfKey(
  access: Access,
  text: string,
  keeper: WaitUntil,
): Promise<readonly string[] | undefined> {
  const read = readKeyText(text);
  if (!('kind' in read) || read.kind !== 'publishable') return undefined;
  const key = await lookUpKey(access, await identifyKey(text), keeper);
  return key && !key.revoked ? key.origins : undefined;
}
