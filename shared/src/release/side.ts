/** Which callers a channel with a percent serves: the same ones in every isolate, today and tomorrow, with no state. */
import { type Channels, DEFAULT_CHANNEL } from './channels.ts';

/**
 * The channel that serves a caller who names none. Channels with a percent take their shares side by side, in the order of
 * their names; `stable` serves the rest. When a percent rises, the callers that the channel had stay with it.
 *
 * @param caller whatever stays the same from one of his requests to the next
 */
export function sideOf({ channels }: Channels, model: string, caller: string): string {
  const bucket = bucketOf(model, caller);
  let end = 0;
  for (const name of Object.keys(channels).sort()) {
    end += channels[name]!.percent ?? 0;
    if (bucket < end) return name;
  }
  return DEFAULT_CHANNEL;
}

/**
 * FNV-1a over the text's UTF-16 code units (a unit at a time), then MurmurHash3's finaliser, since FNV alone leaves the
 * high bits of similar texts alike.
 *
 * @returns within [0, 100), evenly spread over callers
 */
export function bucketOf(model: string, caller: string): number {
  let hash = 0x811c9dc5;
  const text = `${model}/${caller}`;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) * (100 / 2 ** 32);
}
