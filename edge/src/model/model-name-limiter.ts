/**
 * Limits how often unknown model names reach the store. Anyone may ask for any name, so a flood of names that do not exist
 * must not become a flood of reads: a few names per second are looked up individually, the rest in a cached list.
 */
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { backOffMs, namesMaxAgeMs } from './back-off.ts';
import { SingleFlight, type WaitUntil } from './single-flight.ts';

export interface ModelNameLimiterOptions {
  readonly store: Pick<ObjectStore, 'list'>;
  readonly revalidateMs: number;
  readonly maxBackoffMs: number;
  readonly report: (what: string, error: unknown) => void;
}

/** Names looked up individually, so that a model that was just published is found at once. */
export const LOOKUPS_PER_SECOND = 16;

/** A page has up to 1,000 names. */
const MAX_LIST_PAGES = 5;

export class ModelNameLimiter {
  readonly #options: ModelNameLimiterOptions;
  readonly #listing: SingleFlight<void>;
  #list: { readonly names: readonly string[]; readonly readAt: number } | undefined;
  #second = { startedAt: 0, lookups: 0 };

  constructor(options: ModelNameLimiterOptions) {
    this.#options = options;
    this.#listing = new SingleFlight({
      rememberMs: (error, failures) => backOffMs(error, failures, options.maxBackoffMs),
      onFailure: (error) => options.report('the list of models', error),
    });
  }

  /**
   * Returns if the store may be asked for the model.
   *
   * @throws {ReleaseError} `release-missing` if the cached list does not have it
   * @throws {StoreError} if the list cannot be read
   */
  async admit(name: string, context: WaitUntil): Promise<void> {
    const now = Date.now();
    if (now - this.#second.startedAt >= 1_000) this.#second = { startedAt: now, lookups: 0 };
    if (this.#second.lookups < LOOKUPS_PER_SECOND) {
      this.#second.lookups++;
      return;
    }
    const names = await this.names(context);
    if (!names.includes(name)) throw new ReleaseError('release-missing', `The store lists no model ${name}.`);
  }

  /** The models in the store; the list is cached for `namesMaxAgeMs`. @throws {StoreError} */
  async names(context: WaitUntil): Promise<readonly string[]> {
    if (!this.#list || Date.now() - this.#list.readAt >= namesMaxAgeMs(this.#options)) {
      await this.#listing.run(async () => {
        const names = await listModels(this.#options.store);
        this.#list = { names, readAt: Date.now() };
      }, context);
    }
    return this.#list!.names;
  }
}

/** The folders below models/, sorted; whether they hold a release is unknown. */
async function listModels(store: Pick<ObjectStore, 'list'>): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_LIST_PAGES; page++) {
    const listed = await store.list('models/', { delimiter: '/', cursor });
    names.push(...listed.folders.flatMap((folder) => /^models\/([a-z0-9-]{1,64})\/$/.exec(folder)?.[1] ?? []));
    cursor = listed.cursor;
    if (cursor === undefined) break;
  }
  return names.sort();
}
