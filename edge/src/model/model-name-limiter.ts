/**
 * The names of models that callers come up with. Anybody may ask for any name, so a flood of names that do not exist must
 * not become a flood of reads: a few a second are looked up each by itself, the others in a list that is kept for a while.
 */
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { Store } from '../store/store.ts';
import { SingleFlight, type WaitUntil } from './single-flight.ts';

export interface ModelNameLimiterOptions {
  readonly store: Pick<Store, 'listModels'>;
  /** Milliseconds that a list is kept. */
  readonly freshMs: number;
  readonly rememberMs: (error: unknown, failuresInARow: number) => number;
  readonly report: (what: string, error: unknown) => void;
}

/** Names a second that are looked up by themselves: one that was published just now is found at once. */
export const LOOKUPS_A_SECOND = 16;

export class ModelNameLimiter {
  readonly #options: ModelNameLimiterOptions;
  readonly #listing: SingleFlight<void>;
  #listed: { readonly names: readonly string[]; readonly at: number } | undefined;
  #second = { from: 0, lookups: 0 };

  constructor(options: ModelNameLimiterOptions) {
    this.#options = options;
    this.#listing = new SingleFlight({
      rememberMs: options.rememberMs,
      onFailure: (error) => options.report('the list of models', error),
    });
  }

  /**
   * Returns where the store may be asked for the model.
   *
   * @throws {ReleaseError} `release-missing` where it is known without asking that there is none
   * @throws {StoreError} where the list cannot be read
   */
  async admit(name: string, keeper: WaitUntil): Promise<void> {
    const now = Date.now();
    if (now - this.#second.from >= 1_000) this.#second = { from: now, lookups: 0 };
    if (this.#second.lookups < LOOKUPS_A_SECOND) {
      this.#second.lookups++;
      return;
    }
    const names = await this.names(keeper);
    if (!names.includes(name)) throw new ReleaseError('release-missing', `The store lists no model ${name}.`);
  }

  /** The models in the store, as they were at most `freshMs` ago. @throws {StoreError} */
  async names(keeper: WaitUntil): Promise<readonly string[]> {
    const { store, freshMs } = this.#options;
    if (!this.#listed || Date.now() - this.#listed.at >= freshMs) {
      await this.#listing.run(async () => {
        const names = await store.listModels();
        this.#listed = { names, at: Date.now() };
      }, keeper);
    }
    return this.#listed!.names;
  }
}
