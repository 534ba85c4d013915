/** The channels of one model, read anew every few seconds; while the store fails, as they were, or as a copy has them. */
import type { Channels } from '@glimpse/shared/release/channels';
import { objectKeys } from '@glimpse/shared/release/names';
import { StoreError } from '@glimpse/shared/store/store-error';
import type { StoredObject } from '../store/store.ts';
import { BACKOFF_MS, backOffMs } from './back-off.ts';
import type { ReleaseSource } from './fetch-release.ts';
import { loadChannels } from './load-release.ts';
import type { ModelNameLimiter } from './model-name-limiter.ts';
import { explainMissing, isMissing, type Wanted } from './release-selector.ts';
import { SingleFlight, type WaitUntil } from './single-flight.ts';

export interface ChannelsOptions extends ReleaseSource {
  readonly defaultModel: string;
  readonly revalidateMs: number;
  /** The store's own, for one read. */
  readonly deadlineMs: number;
  readonly maxBackoffMs: number;
}

interface Read {
  readonly channels: Channels;
  readonly object: StoredObject;
  /** When the store has said so; 0 of a copy. */
  readonly readAt: number;
  readonly copiedAt: number;
}

const FROM_COPY = 'A copy answers.';
const HOUR_MS = 3_600_000;
/** A copy is older than the truth, so it does not count for long. */
const COPY_SECONDS = 24 * 3600;

export class ModelChannels {
  readonly #name: string;
  readonly #options: ChannelsOptions;
  readonly #names: ModelNameLimiter;
  readonly #reading: SingleFlight<void>;
  #last: Read | undefined;

  /** @param freshMs that there is no such model is remembered so long */
  constructor(name: string, options: ChannelsOptions, names: ModelNameLimiter, freshMs: number) {
    const { deadlineMs, maxBackoffMs, defaultModel, report } = options;
    this.#name = name;
    this.#options = options;
    this.#names = names;
    this.#reading = new SingleFlight({
      patienceMs: deadlineMs + BACKOFF_MS,
      // A model that nobody knows may be published at any moment; of one that is served, it is the store that fails.
      rememberMs: (error, failures) =>
        isMissing(error) && !this.#last ? freshMs : backOffMs(error, failures, maxBackoffMs),
      onFailure: (error) => {
        // Callers ask for models that never were: that is no fault of the store.
        const unheardOf = isMissing(error) && name !== defaultModel && !this.#last;
        if (!unheardOf) report(`channels of ${name}`, error);
      },
    });
  }

  /** As they were read last. */
  get current(): Channels | undefined {
    return this.#last?.channels;
  }

  /**
   * As they were read at most `revalidateMs` ago; older, with the reason, where the store fails now.
   *
   * @throws {Problem} model-unknown, model-unavailable @throws {StoreError} @throws {ReleaseError}
   */
  async read(wanted: Wanted, keeper: WaitUntil): Promise<{ channels: Channels; failure: string | undefined }> {
    let failure: string | undefined;
    if (!this.#last || Date.now() - this.#last.readAt >= this.#options.revalidateMs) {
      try {
        await this.#reading.run(() => this.#ask(keeper), keeper);
      } catch (error) {
        if (!this.#last && error instanceof StoreError) await this.#takeCopy();
        if (!this.#last) throw explainMissing(error, wanted);
        failure = (error as Error).message + (this.#last.readAt === 0 ? ` ${FROM_COPY}` : '');
      }
    }
    return { channels: this.#last!.channels, failure };
  }

  async #ask(keeper: WaitUntil): Promise<void> {
    const { store, copies, defaultModel } = this.#options;
    const before = this.#last;
    if (!before && this.#name !== defaultModel) await this.#names.admit(this.#name, keeper);
    const read = await loadChannels(store, this.#name, before?.object.etag);
    const { channels, object } = read === 'unchanged' ? before! : read;
    const now = Date.now();
    const copyIt = read !== 'unchanged' || now - before!.copiedAt > HOUR_MS;
    if (copyIt) keeper.waitUntil(copies.save(objectKeys.channels(this.#name), object, COPY_SECONDS));
    this.#last = { channels, object, readAt: now, copiedAt: copyIt ? now : before!.copiedAt };
  }

  async #takeCopy(): Promise<void> {
    const copy = await loadChannels(this.#options.copies, this.#name).catch(() => undefined);
    // The store may have answered another request in the meantime.
    if (copy && copy !== 'unchanged') this.#last ??= { ...copy, readAt: 0, copiedAt: 0 };
  }
}
