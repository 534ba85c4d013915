/** How many requests in a short time, of a key or of an address. Counted by Cloudflare, in each of its locations. */
import { Problem } from '@glimpse/shared/api/problems';
import { logError } from '../log.ts';

/** Of the bindings in wrangler.toml, whose windows have this length. */
export const PERIOD_SECONDS = 10;

/** @throws {Problem} `rate-limited`. Where counting fails, the request goes on. */
export async function limitRate(limiter: RateLimit | undefined, of: string, whose: string): Promise<void> {
  if (!limiter) return;
  let within = true;
  try {
    within = (await limiter.limit({ key: of })).success;
  } catch (error) {
    logError('rate limit', error);
  }
  if (within) return;
  throw new Problem('rate-limited', `Too many requests ${whose}; wait ${PERIOD_SECONDS} seconds, then send fewer.`, {
    retryAfter: PERIOD_SECONDS,
  });
}

/**
 * What counts as one sender: an IPv4 address, or the 64 bits of an IPv6 one that a household has for itself.
 *
 * @param address of the header CF-Connecting-IP, which Cloudflare sets
 * @returns undefined where there is none, or on this machine
 */
export function senderOf(address: string | null): string | undefined {
  if (address === null || address === '127.0.0.1' || address === '::1') return undefined;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const behind = tail ? tail.split(':') : [];
  // An IPv4 address at the end stands for two groups.
  const written = groups.length + behind.length + (address.includes('.') ? 1 : 0);
  const all = tail === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - written)).fill('0'), ...behind];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
