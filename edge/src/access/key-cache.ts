/**
 * The keys that this isolate has met, as they were in the private bucket at most so many seconds ago. That is the delay
 * with which a revocation takes effect.
 */
import {
  type KeyIdentity,
  type KeyRecord,
  keyObject,
  MAX_RECORD_BYTES,
  readKeyRecord,
} from '@glimpse/shared/access/key-record';
import type { ObjectReader } from '@glimpse/shared/store/object-store';
import { SingleFlight, type WaitUntil } from '../model/single-flight.ts';
import { timingSafeEqual } from './timing-safe-equal.ts';

export interface KeyCacheOptions {
  readonly store: ObjectReader;
  /** Milliseconds. */
  readonly cacheMs: number;
  readonly report: (what: string, error: unknown) => void;
}

interface Entry {
  record: KeyRecord | undefined;
  /** When the bucket was last asked with success; -Infinity before. */
  readAt: number;
  readonly reading: SingleFlight<void>;
}

/** Keys that are known; and apart from them, so that no flood of guesses pushes them out, texts that are no keys. */
const MAX_KNOWN = 2_000;
const MAX_UNKNOWN = 2_000;
/** While the bucket fails, a known key holds for so long beyond its time. */
const GRACE_MS = 600_000;

export class KeyCache {
  readonly #options: KeyCacheOptions;
  readonly #known = new Map<string, Entry>();
  readonly #unknown = new Map<string, Entry>();

  constructor(options: KeyCacheOptions) {
    this.#options = options;
  }

  /** Whether it would be found without asking the bucket. */
  isKnown({ sha256 }: KeyIdentity): boolean {
    return this.#known.has(sha256);
  }

  /**
   * @returns undefined where there is no such key; a revoked one says so itself
   * @throws {StoreError} where the bucket cannot be read, and did not say anything of this key for long
   */
  async find(identity: KeyIdentity, keeper: WaitUntil): Promise<KeyRecord | undefined> {
    const { sha256 } = identity;
    const entry = this.#known.get(sha256) ?? this.#unknown.get(sha256) ?? this.#enter(sha256);
    const age = Date.now() - entry.readAt;
    if (age < this.#options.cacheMs) {
      // From half of its time on it is read again beside the answer, so that hardly any request waits for that.
      if (entry.record && age >= this.#options.cacheMs / 2) {
        keeper.waitUntil(this.#read(entry, identity, keeper).catch(() => {}));
      }
      return entry.record;
    }
    try {
      await this.#read(entry, identity, keeper);
    } catch (error) {
      if (!entry.record || age > this.#options.cacheMs + GRACE_MS) throw error;
    }
    return entry.record;
  }

  #read(entry: Entry, { id, sha256 }: KeyIdentity, keeper: WaitUntil): Promise<void> {
    return entry.reading.run(async () => {
      const readAt = Date.now();
      const object = await this.#options.store.get(keyObject(id), { maxBytes: MAX_RECORD_BYTES });
      const record = object && readKeyRecord(new TextDecoder().decode(object.bytes));
      if (object && !record) this.#options.report('keys', new Error(`${keyObject(id)} is no record of a key.`));
      entry.record = record && timingSafeEqual(record.sha256, sha256) ? record : undefined;
      entry.readAt = readAt;
      this.#file(sha256, entry);
    }, keeper);
  }

  #enter(sha256: string): Entry {
    const reading = new SingleFlight<void>({ onFailure: (error) => this.#options.report('keys', error) });
    const entry: Entry = { record: undefined, readAt: Number.NEGATIVE_INFINITY, reading };
    this.#file(sha256, entry);
    return entry;
  }

  /** Where it belongs; what has been there longest without being read again makes room. */
  #file(sha256: string, entry: Entry): void {
    this.#known.delete(sha256);
    this.#unknown.delete(sha256);
    const [entries, most] = entry.record ? [this.#known, MAX_KNOWN] : [this.#unknown, MAX_UNKNOWN];
    entries.set(sha256, entry);
    if (entries.size > most) entries.delete(entries.keys().next().value!);
  }
}
