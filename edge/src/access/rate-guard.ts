/**
 * How many requests in a short time, of a key or of an address. Cloudflare counts, in each of its locations; and as asking
 * takes time, who sends much is asked about once in a while for all that came since.
 */
import { Problem } from '@glimpse/shared/api/problems';

/** Of the bindings in wrangler.toml, whose windows have this length. */
export const PERIOD_SECONDS = 10;

/** So many requests, or such a time in milliseconds, pass between one question and the next. */
const MAX_UNASKED = 16;
const ASKED_MS = 100;
/** A refusal holds without asking again. */
const REFUSED_MS = 1_000;
/** Keys or addresses that are remembered. */
const MAX_SENDERS = 2_000;

export interface RateGuardOptions {
  readonly limiter: RateLimit;
  /** As a sentence goes on: "Too many requests …". */
  readonly whose: string;
  readonly report: (what: string, error: unknown) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

interface Sender {
  unasked: number;
  askedAt: number;
  refusedUntil: number;
}

export class RateGuard {
  readonly #options: Required<RateGuardOptions>;
  readonly #senders = new Map<string, Sender>();

  constructor(options: RateGuardOptions) {
    this.#options = { now: Date.now, ...options };
  }

  /** Where counting fails, the request goes on. @throws {Problem} `rate-limited` */
  async take(of: string): Promise<void> {
    const sender = this.#clientNetwork(of);
    const now = this.#options.now();
    if (now < sender.refusedUntil) throw this.#refusal();
    sender.unasked++;
    if (sender.unasked < MAX_UNASKED && now - sender.askedAt < ASKED_MS) return;
    const delta = sender.unasked;
    sender.unasked = 0;
    sender.askedAt = now;
    if (await this.#ask(of, delta)) return;
    sender.refusedUntil = now + REFUSED_MS;
    throw this.#refusal();
  }

  async #ask(key: string, delta: number): Promise<boolean> {
    try {
      return (await this.#options.limiter.limit({ key, delta })).success;
    } catch (error) {
      this.#options.report('rate limit', error);
      return true;
    }
  }

  #refusal(): Problem {
    const detail = `Too many requests ${this.#options.whose}; wait ${PERIOD_SECONDS} seconds, then send fewer.`;
    return new Problem('rate-limited', detail, { retryAfter: PERIOD_SECONDS });
  }

  #clientNetwork(of: string): Sender {
    const before = this.#senders.get(of);
    if (before) return before;
    const sender = { unasked: 0, askedAt: Number.NEGATIVE_INFINITY, refusedUntil: 0 };
    this.#senders.set(of, sender);
    if (this.#senders.size > MAX_SENDERS) this.#senders.delete(this.#senders.keys().next().value!);
    return sender;
  }
}
