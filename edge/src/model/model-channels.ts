/** The channels of one model, read again every few seconds. While the store fails: the last ones read, or a copy's. */
import type { Channels } from '@glimpse/shared/release/channels';
import { objectKeys } from '@glimpse/shared/release/names';
import type { StoredObject } from '@glimpse/shared/store/object-store';
import { StoreError } from '@glimpse/shared/store/store-error';
import { BACKOFF_MS, backOffMs, namesMaxAgeMs } from './back-off.ts';
import { loadChannels, type ReleaseRepository } from './load-release.ts';
import type { ModelNameLimiter } from './model-name-limiter.ts';
import { explainMissing, isMissing } from './release-selector.ts';
import { SingleFlight, type WaitUntil } from './single-flight.ts';

export interface ChannelsOptions extends ReleaseRepository {
  readonly defaultModel: string;
  readonly revalidateMs: number;
  /** The store's deadline for one read. */
  readonly deadlineMs: number;
  readonly maxBackoffMs: number;
}

interface LastRead {
  readonly channels: Channels;
  readonly object: StoredObject;
  /** When the store sent or confirmed them; 0 for a copy. */
  readonly readAt: number;
  readonly copiedAt: number;
}

const FROM_COPY = 'A copy answers.';
const HOUR_MS = 3_600_000;
/** A copy may be out of date, so it expires sooner than a release's. */
const COPY_SECONDS = 24 * 3600;

export class ModelChannels {
  readonly #name: string;
  readonly #options: ChannelsOptions;
  readonly #names: ModelNameLimiter;
  readonly #reading: SingleFlight<void>;
  #last: LastRead | undefined;

  constructor(name: string, options: ChannelsOptions, names: ModelNameLimiter) {
    const { deadlineMs, maxBackoffMs, defaultModel, report } = options;
    this.#name = name;
    this.#options = options;
    this.#names = names;
    this.#reading = new SingleFlight({
      patienceMs: deadlineMs + BACKOFF_MS,
      // A missing model may be published at any moment. If a model that is served goes missing, the store is failing.
      rememberMs: (error, failures) =>
        isMissing(error) && !this.#last ? namesMaxAgeMs(options) : backOffMs(error, failures, maxBackoffMs),
      onFailure: (error) => {
        // Callers may name models that never existed, which is not worth logging.
        const neverExisted = isMissing(error) && name !== defaultModel && !this.#last;
        if (!neverExisted) report(`channels of ${name}`, error);
      },
    });
  }

  /** The last ones read. */
  get current(): Channels | undefined {
    return this.#last?.channels;
  }

  /**
   * Channels that are at most `revalidateMs` old; or older ones, with the reason, if the store fails.
   *
   * @param namedByCaller whether the caller named the model, as opposed to getting the default
   * @throws {Problem} model-unknown, model-unavailable @throws {StoreError} @throws {ReleaseError}
   */
  async read(namedByCaller: boolean, context: WaitUntil): Promise<{ channels: Channels; failure: string | undefined }> {
    let failure: string | undefined;
    if (!this.#last || Date.now() - this.#last.readAt >= this.#options.revalidateMs) {
      try {
        await this.#reading.run(() => this.#readStore(context), context);
      } catch (error) {
        if (!this.#last && error instanceof StoreError) await this.#readCopy();
        if (!this.#last) throw explainMissing(error, this.#name, namedByCaller);
        failure = (error as Error).message + (this.#last.readAt === 0 ? ` ${FROM_COPY}` : '');
      }
    }
    return { channels: this.#last!.channels, failure };
  }

  async #readStore(context: WaitUntil): Promise<void> {
    const { store, copies, defaultModel } = this.#options;
    const before = this.#last;
    if (!before && this.#name !== defaultModel) await this.#names.admit(this.#name, context);
    const read = await loadChannels(store, this.#name, before);
    const { channels, object } = read;
    const now = Date.now();
    const copyIt = object !== before?.object || now - before.copiedAt > HOUR_MS;
    if (copyIt) context.waitUntil(copies.save(objectKeys.channels(this.#name), object, COPY_SECONDS));
    this.#last = { channels, object, readAt: now, copiedAt: copyIt ? now : before!.copiedAt };
  }

  async #readCopy(): Promise<void> {
    const copy = await loadChannels(this.#options.copies, this.#name).catch(() => undefined);
    // The store may have answered another request in the meantime.
    if (copy) this.#last ??= { ...copy, readAt: 0, copiedAt: 0 };
  }
}
