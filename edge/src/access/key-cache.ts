/** Key records that this isolate has read, each at most `cacheMs` old. That is the delay until a revocation takes effect. */
import {
  type KeyIdentity,
  type KeyRecord,
  keyObject,
  MAX_RECORD_BYTES,
  readKeyRecord,
} from '@glimpse/shared/access/key-record';
import type { ObjectReader } from '@glimpse/shared/store/object-store';
import { SingleFlight, type WaitUntil } from '../model/single-flight.ts';

export interface KeyCacheOptions {
  readonly store: ObjectReader;
  /** Milliseconds. */
  readonly cacheMs: number;
  readonly report: (what: string, error: unknown) => void;
}

interface Entry {
  record: KeyRecord | undefined;
  /** When the record was last read; -Infinity before the first read. */
  readAt: number;
  readonly reading: SingleFlight<void>;
}

/** Known keys, and texts that are not keys. They are kept apart, so that a flood of guesses does not evict known keys. */
const MAX_KNOWN = 2_000;
const MAX_UNKNOWN = 2_000;
/** While the store fails, a known key stays valid for this much longer. */
const GRACE_MS = 600_000;

export class KeyCache {
  readonly #options: KeyCacheOptions;
  readonly #known = new Map<string, Entry>();
  readonly #unknown = new Map<string, Entry>();

  constructor(options: KeyCacheOptions) {
    this.#options = options;
  }

  /** Whether the key is found without reading the store. */
  isKnown({ sha256 }: KeyIdentity): boolean {
    return this.#known.has(sha256);
  }

  /**
   * @returns undefined if there is no such key; a revoked key's record says that it is revoked
   * @throws {StoreError} if the store fails, and the record is too old to be used
   */
  async find(identity: KeyIdentity, context: WaitUntil): Promise<KeyRecord | undefined> {
    const { sha256 } = identity;
    const entry = this.#known.get(sha256) ?? this.#unknown.get(sha256) ?? this.#add(sha256);
    const age = Date.now() - entry.readAt;
    if (age < this.#options.cacheMs) {
      // Past half its lifetime, the record is refreshed in the background, so that hardly any request waits for it.
      if (entry.record && age >= this.#options.cacheMs / 2) {
        context.waitUntil(this.#read(entry, identity, context).catch(() => {}));
      }
      return entry.record;
    }
    try {
      await this.#read(entry, identity, context);
    } catch (error) {
      if (!entry.record || age > this.#options.cacheMs + GRACE_MS) throw error;
    }
    return entry.record;
  }

  #read(entry: Entry, { id, sha256 }: KeyIdentity, context: WaitUntil): Promise<void> {
    return entry.reading.run(async () => {
      const readAt = Date.now();
      const object = await this.#options.store.get(keyObject(id), { maxBytes: MAX_RECORD_BYTES });
      const record = object && readKeyRecord(new TextDecoder().decode(object.bytes));
      if (object && !record) this.#options.report('keys', new Error(`${keyObject(id)} is not a valid key record.`));
      entry.record = record && timingSafeEqual(record.sha256, sha256) ? record : undefined;
      entry.readAt = readAt;
      this.#file(sha256, entry);
    }, context);
  }

  #add(sha256: string): Entry {
    const reading = new SingleFlight<void>({ onFailure: (error) => this.#options.report('keys', error) });
    const entry: Entry = { record: undefined, readAt: Number.NEGATIVE_INFINITY, reading };
    this.#file(sha256, entry);
    return entry;
  }

  /** Moves the entry to the map that it belongs to, and evicts the least recently read one. */
  #file(sha256: string, entry: Entry): void {
    this.#known.delete(sha256);
    this.#unknown.delete(sha256);
    const [entries, max] = entry.record ? [this.#known, MAX_KNOWN] : [this.#unknown, MAX_UNKNOWN];
    entries.set(sha256, entry);
    if (entries.size > max) entries.delete(entries.keys().next().value!);
  }
}

/** Compares two hashes in a time that does not reveal where they differ. */
export function timingSafeEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
