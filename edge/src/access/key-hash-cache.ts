/**
 * Hashes of recently sent keys: hashing costs more than everything else that is done for a known key. Validity is not cached
 * here; it is looked up by the hash each time.
 */
import { identifyKey, type KeyIdentity } from '@glimpse/shared/access/key-record';

export interface KeyHashCacheOptions {
  /** Milliseconds that an entry is kept. */
  readonly maxAgeMs?: number;
  /** Milliseconds. */
  readonly now?: () => number;
}

interface Entry {
  readonly identity: KeyIdentity;
  readonly expiresAt: number;
}

/** A flood of guesses evicts other entries, which only have to be hashed again. */
const MAX_ENTRIES = 1_000;

export class KeyHashCache {
  readonly #options: Required<KeyHashCacheOptions>;
  /** In the order of their expiry. */
  readonly #entries = new Map<string, Entry>();

  constructor(options: KeyHashCacheOptions = {}) {
    this.#options = { maxAgeMs: 10_000, now: Date.now, ...options };
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Looking up the whole text leaks no prefix by its timing: V8 compares hashes before characters. */
  of(text: string): KeyIdentity | Promise<KeyIdentity> {
    const entry = this.#entries.get(text);
    if (entry && this.#options.now() < entry.expiresAt) return entry.identity;
    return this.#add(text);
  }

  async #add(text: string): Promise<KeyIdentity> {
    const identity = await identifyKey(text);
    const now = this.#options.now();
    this.#entries.delete(text);
    this.#entries.set(text, { identity, expiresAt: now + this.#options.maxAgeMs });
    for (const [oldest, { expiresAt }] of this.#entries) {
      if (now < expiresAt && this.#entries.size <= MAX_ENTRIES) break;
      this.#entries.delete(oldest);
    }
    return identity;
  }
}
