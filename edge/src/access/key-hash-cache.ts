/**
 * Hashes of the keys that were sent just now: a hash takes longer than all else that is done about a key which is known.
 * Whether it is valid is no part of this; that is looked up by the hash, each time.
 */
import { identifyKey, type KeyIdentity } from '@glimpse/shared/access/key-record';

export interface KeyHashCacheOptions {
  /** Milliseconds that a key's text is held. */
  readonly heldMs?: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

interface Held {
  readonly identity: KeyIdentity;
  readonly until: number;
}

/** Guesses push others out, which costs these their hash and nothing more. */
const MOST = 1_000;

export class KeyHashCache {
  readonly #options: Required<KeyHashCacheOptions>;
  /** In the order in which they end. */
  readonly #held = new Map<string, Held>();

  constructor(options: KeyHashCacheOptions = {}) {
    this.#options = { heldMs: 10_000, now: Date.now, ...options };
  }

  get size(): number {
    return this.#held.size;
  }

  /** By the text as a whole: whoever guesses cannot feel his way to it, since V8 compares hashes before characters. */
  of(text: string): KeyIdentity | Promise<KeyIdentity> {
    const held = this.#held.get(text);
    if (held && this.#options.now() < held.until) return held.identity;
    return this.#hold(text);
  }

  async #hold(text: string): Promise<KeyIdentity> {
    const identity = await identifyKey(text);
    const now = this.#options.now();
    this.#held.delete(text);
    this.#held.set(text, { identity, until: now + this.#options.heldMs });
    for (const [oldest, { until }] of this.#held) {
      if (now < until && this.#held.size <= MOST) break;
      this.#held.delete(oldest);
    }
    return identity;
  }
}
