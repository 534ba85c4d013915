/** Which callers the channel `canary` answers: always the same ones, as many in a hundred as its percentage says. */
import { CANARY_CHANNEL, type Channels } from '@glimpse/shared/release/channels';
import { sha256 } from '@glimpse/shared/release/sha256';

/**
 * The caller's rank among all callers of the model: 0 or more, less than 100. The model's name is hashed too, so that
 * different callers come first for each model.
 *
 * @param caller anything that stays the same for all requests of a caller
 */
export async function percentileOf(model: string, caller: string): Promise<number> {
  const hash = await sha256(`${model}\n${caller}`);
  return (Number.parseInt(hash.slice(0, 8), 16) / 2 ** 32) * 100;
}

/** The canary's version and percentage, if the model has one that callers get without naming a channel. */
export function canaryOf({ channels }: Channels): { version: string; percent: number } | undefined {
  const canary = Object.hasOwn(channels, CANARY_CHANNEL) ? channels[CANARY_CHANNEL] : undefined;
  return canary?.percent ? { version: canary.version, percent: canary.percent } : undefined;
}
