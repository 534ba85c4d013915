/** Which callers the channel `canary` answers: always the same ones, as many in a hundred as its percent says. */
import { CANARY_CHANNEL, type Channels } from '@glimpse/shared/release/channels';
import { sha256 } from '@glimpse/shared/release/sha256';

/**
 * The caller's place among all callers of the model, from 0 to below 100. Another model has other places, so that not the
 * same callers are the first of every canary.
 *
 * @param caller whatever stays the same from one request of a caller to the next
 */
export async function placeOf(model: string, caller: string): Promise<number> {
  const hash = await sha256(`${model}\n${caller}`);
  return (Number.parseInt(hash.slice(0, 8), 16) / 2 ** 32) * 100;
}

/** The canary's version and percent, where the model has one that is given to callers who ask for no channel. */
export function canaryOf({ channels }: Channels): { version: string; percent: number } | undefined {
  const canary = Object.hasOwn(channels, CANARY_CHANNEL) ? channels[CANARY_CHANNEL] : undefined;
  return canary?.percent ? { version: canary.version, percent: canary.percent } : undefined;
}
