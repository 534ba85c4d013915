/**
 * Limits requests per key or per client network over a few seconds. Cloudflare counts, separately in each location. Because a
 * call to its rate limiter takes time, a busy client is checked once for several requests.
 */
import { Problem } from '@glimpse/shared/api/problems';

/** The window of the rate limits in wrangler.toml. */
export const PERIOD_SECONDS = 10;

/** The limiter is asked after this many requests or milliseconds, whichever comes first. */
const MAX_UNCHECKED = 16;
const CHECK_MS = 100;
/** A rejection holds this long without asking again. */
const REJECT_MS = 1_000;
const MAX_CLIENTS = 2_000;

export interface RateGuardOptions {
  readonly limiter: RateLimit;
  /** Completes the sentence "Too many requests …". */
  readonly whose: string;
  readonly report: (what: string, error: unknown) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

interface Client {
  unchecked: number;
  checkedAt: number;
  rejectedUntil: number;
}

export class RateGuard {
  readonly #options: Required<RateGuardOptions>;
  readonly #clients = new Map<string, Client>();

  constructor(options: RateGuardOptions) {
    this.#options = { now: Date.now, ...options };
  }

  /** If the limiter fails, the request is let through. @throws {Problem} `rate-limited` */
  async take(key: string): Promise<void> {
    const client = this.#clientOf(key);
    const now = this.#options.now();
    if (now < client.rejectedUntil) throw this.#rejection();
    client.unchecked++;
    if (client.unchecked < MAX_UNCHECKED && now - client.checkedAt < CHECK_MS) return;
    const delta = client.unchecked;
    client.unchecked = 0;
    client.checkedAt = now;
    if (await this.#check(key, delta)) return;
    client.rejectedUntil = now + REJECT_MS;
    throw this.#rejection();
  }

  async #check(key: string, delta: number): Promise<boolean> {
    try {
      return (await this.#options.limiter.limit({ key, delta })).success;
    } catch (error) {
      this.#options.report('rate limit', error);
      return true;
    }
  }

  #rejection(): Problem {
    const detail = `Too many requests ${this.#options.whose}. Wait ${PERIOD_SECONDS} seconds, then send fewer.`;
    return new Problem('rate-limited', detail, { retryAfter: PERIOD_SECONDS });
  }

  #clientOf(key: string): Client {
    const existing = this.#clients.get(key);
    if (existing) return existing;
    const client = { unchecked: 0, checkedAt: Number.NEGATIVE_INFINITY, rejectedUntil: 0 };
    this.#clients.set(key, client);
    if (this.#clients.size > MAX_CLIENTS) this.#clients.delete(this.#clients.keys().next().value!);
    return client;
  }
}

/**
 * The network that a client's address belongs to: an IPv4 address, or the /64 of an IPv6 address, which one household has.
 *
 * @param address the header CF-Connecting-IP, which Cloudflare sets
 * @returns undefined without an address, and for this machine
 */
export function clientNetwork(address: string | null): string | undefined {
  if (address === null || address === '127.0.0.1' || address === '::1') return undefined;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail ? tail.split(':') : [];
  // An IPv4 address at the end stands for two groups.
  const written = groups.length + rest.length + (address.includes('.') ? 1 : 0);
  const all = tail === undefined ? groups : [...groups, ...Array(Math.max(0, 8 - written)).fill('0'), ...rest];
  return all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
