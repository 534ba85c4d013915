/**
 * The models that an isolate serves. Nothing is loaded before somebody asks; a channel is looked up anew every few
 * seconds; a new version takes over between two requests; and while the new one or the store fails, the last good one
 * goes on answering.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { type Channels, DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { Store } from '../store/store.ts';
import { TIMED_OUT, within } from '../streams/deadline.ts';
import { loadChannels, loadManifest, loadRelease } from './load-release.ts';
import { DoesNotFitError, type Lease, type NetworkShelf } from './network-shelf.ts';
import { type Keeper, SharedTask } from './shared-task.ts';

export interface Wanted {
  readonly model: string;
  /** Whether the caller named the model: then it is his fault when there is none. */
  readonly named: boolean;
  readonly version?: string | undefined;
  readonly channel?: string | undefined;
}

export interface ModelLease extends Lease {
  /** Null where the caller named a version. */
  readonly channel: string | null;
  /** Why this is an older version than the channel's, or perhaps is; undefined where all is well. */
  readonly lastGood: string | undefined;
}

export interface ModelsOptions {
  readonly store: Store;
  readonly shelf: NetworkShelf;
  readonly defaultModel: string;
  readonly revalidateMs: number;
  /** Once for each attempt that fails. */
  readonly report: (what: string, error: unknown) => void;
}

/** What is known of one model. */
interface Known {
  readonly name: string;
  current?: { readonly channels: Channels; readonly etag: string; readonly readAt: number };
  readonly reading: SharedTask<void>;
  readonly loading: Map<string, SharedTask<void>>;
  /** By channel: the version that answered last. */
  readonly lastGood: Map<string, string>;
  manifest?: Manifest;
  /** When somebody began to ask the store, who has no answer yet. */
  pendingSince?: number | undefined;
}

/** With a good version at hand, the requests of this time wait for news from the store; later ones do without. */
const SWAP_PATIENCE_MS = 1_000;
/** No read takes so long: whoever asked has been ended by the runtime. */
const LOST_MS = 30_000;
const SILENT = 'The store has not answered yet.';
/** Names that are remembered, those that do not exist included. */
const MAX_KNOWN = 64;
/** A failed load is tried again after this; one that took the memory of all other networks with it, later. */
const REMEMBER_MS = 1_000;
const REMEMBER_TOO_LARGE_MS = 30_000;

export class Models {
  readonly #options: ModelsOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: ModelsOptions) {
    this.#options = options;
  }

  /**
   * The network for a request, loaded if need be. The caller releases it.
   *
   * @throws {Problem} model-unknown, version-unknown, model-unavailable
   * @throws {ReleaseError} @throws {NetworkError} @throws {StoreError} why it cannot be loaded
   */
  async acquire(wanted: Wanted, keeper: Keeper): Promise<ModelLease> {
    const known = this.#knownModel(wanted.model);
    const channel = wanted.version ? null : (wanted.channel ?? DEFAULT_CHANNEL);
    const good = channel === null ? undefined : known.lastGood.get(channel);
    if (good === undefined || !this.#options.shelf.has(known.name, good)) {
      const { version, failure } = await this.#bringUp(known, wanted, channel, keeper);
      return this.#lease(known, version, channel, failure);
    }
    const now = Date.now();
    const { pendingSince } = known;
    const waited = pendingSince === undefined || now - pendingSince > LOST_MS ? 0 : now - pendingSince;
    if (waited >= SWAP_PATIENCE_MS) return this.#lease(known, good, channel, SILENT);
    if (waited === 0) known.pendingSince = now;
    const settled = this.#bringUp(known, wanted, channel, keeper)
      .catch((error: unknown) => ({ error }))
      .finally(() => {
        known.pendingSince = undefined;
      });
    keeper.waitUntil(settled);
    const outcome = await within(SWAP_PATIENCE_MS - waited, settled);
    if (outcome === TIMED_OUT) return this.#lease(known, good, channel, SILENT);
    if (!('error' in outcome)) return this.#lease(known, outcome.version, channel, outcome.failure);
    // That there is no such channel any more is no failure.
    if (outcome.error instanceof Problem && outcome.error.code !== 'busy') throw outcome.error;
    return this.#lease(known, good, channel, (outcome.error as Error).message);
  }

  /** @throws as `acquire` */
  async channels(wanted: Wanted, keeper: Keeper): Promise<Channels> {
    return (await this.#channels(this.#knownModel(wanted.model), wanted, keeper)).channels;
  }

  /** What `GET /v1/models` lists. Folders without a channels.json hold nothing that can be served and are left out. */
  async list(keeper: Keeper): Promise<{ name: string; channels: Record<string, { version: string }> }[]> {
    const names = (await this.#options.store.listModels()).slice(0, MAX_KNOWN);
    const models = await Promise.all(
      names.map(async (model) => {
        try {
          const { channels } = await this.channels({ model, named: true }, keeper);
          return [{ name: model, channels }];
        } catch (error) {
          if (error instanceof Problem) return [];
          // It is there, and cannot be read: that is reported, and said by GET /v1/models/{name}.
          return [{ name: model, channels: {} }];
        }
      }),
    );
    return models.flat();
  }

  /** Of a version that the model's channels name. */
  async manifest(model: string, version: string): Promise<Manifest> {
    const known = this.#knownModel(model);
    if (known.manifest?.version !== version) {
      known.manifest = await loadManifest(this.#options.store, model, version);
    }
    return known.manifest;
  }

  /** Makes sure that the wanted version is on the shelf. */
  async #bringUp(known: Known, wanted: Wanted, channel: string | null, keeper: Keeper) {
    const { channels, failure } = await this.#channels(known, wanted, keeper);
    const version = resolve(channels, wanted, channel);
    if (!this.#options.shelf.has(known.name, version)) await this.#load(known, version, keeper);
    if (channel !== null) known.lastGood.set(channel, version);
    // As they are now: another request may have read them since.
    const served = Object.values(known.current!.channels.channels).map((entry) => entry.version);
    this.#options.shelf.retain(known.name, new Set([...served, ...known.lastGood.values()]));
    return { version, failure };
  }

  /** As they were read at most `revalidateMs` ago; older, with the reason, where the store fails now. */
  async #channels(known: Known, wanted: Wanted, keeper: Keeper) {
    const { store, revalidateMs } = this.#options;
    let failure: string | undefined;
    if (!known.current || Date.now() - known.current.readAt >= revalidateMs) {
      try {
        await known.reading.run(async () => {
          const read = await loadChannels(store, known.name, known.current?.etag);
          const before = known.current;
          known.current = { ...(read === 'unchanged' ? before! : read), readAt: Date.now() };
        }, keeper);
      } catch (error) {
        if (!known.current) throw explainMissing(error, wanted);
        failure = (error as Error).message;
      }
    }
    return { channels: known.current!.channels, failure };
  }

  async #load(known: Known, version: string, keeper: Keeper): Promise<void> {
    const { store, shelf, report } = this.#options;
    let task = known.loading.get(version);
    if (!task) {
      task = new SharedTask({
        rememberMs: (error) => (error instanceof DoesNotFitError ? REMEMBER_TOO_LARGE_MS : REMEMBER_MS),
        onFailure: (error) => report(`release ${known.name} ${version}`, error),
      });
      known.loading.set(version, task);
    }
    await task.run(async () => {
      const release = await loadRelease(store, known.name, version);
      // A second load of a version that was thought lost may come second.
      if (!shelf.has(known.name, version)) await shelf.add(release, new Set(known.lastGood.values()));
    }, keeper);
    known.loading.delete(version);
  }

  #lease(known: Known, version: string, channel: string | null, lastGood: string | undefined): ModelLease {
    const lease = this.#options.shelf.lease(known.name, version);
    if (!lease) {
      throw new Problem('busy', `The model's network has just gone to make room; try again.`, {
        retryAfter: RETRY_AFTER_SECONDS,
      });
    }
    const { manifest, release } = lease;
    return {
      manifest,
      get classifier() {
        return lease.classifier;
      },
      release,
      channel,
      lastGood,
    };
  }

  #knownModel(name: string): Known {
    let known = this.#known.get(name);
    if (!known) {
      // Names come from callers: those without a model make room for others.
      if (this.#known.size >= MAX_KNOWN) {
        const forgettable =
          [...this.#known.values()].find(({ current }) => !current) ?? this.#known.values().next().value;
        if (forgettable) this.#known.delete(forgettable.name);
      }
      known = {
        name,
        reading: new SharedTask({
          onFailure: (error) => {
            // Callers ask for models that never were: that is no fault of the store.
            const unheardOf =
              isMissing(error) && name !== this.#options.defaultModel && !this.#known.get(name)?.current;
            if (!unheardOf) this.#options.report(`channels of ${name}`, error);
          },
        }),
        loading: new Map(),
        lastGood: new Map(),
      };
      this.#known.set(name, known);
    }
    return known;
  }
}

function resolve({ channels }: Channels, { model, version, channel: named }: Wanted, channel: string | null): string {
  const list = (names: string[]) => names.slice(0, 5).join(', ') || 'none';
  if (channel === null) {
    const served = [...new Set(Object.values(channels).map((entry) => entry.version))];
    if (version && served.includes(version)) return version;
    throw new Problem(
      'version-unknown',
      `No channel of ${model} serves the version ${version}; served are ${list(served)}.`,
    );
  }
  // Own properties only: `constructor` is a name as well.
  if (Object.hasOwn(channels, channel)) return channels[channel]!.version;
  const detail = `${model} has no channel ${channel}; it has ${list(Object.keys(channels))}.`;
  if (named) throw new Problem('version-unknown', detail);
  throw new Problem('model-unavailable', `${detail} Publish to ${channel}, or name a channel.`, {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}

/** A model that is not there is the caller's mistake where he named it, and the owner's where it is the default. */
function explainMissing(error: unknown, { model, named }: Wanted): unknown {
  if (!isMissing(error)) return error;
  if (named) return new Problem('model-unknown', `There is no model ${model}; GET /v1/models lists what there is.`);
  return new Problem(
    'model-unavailable',
    `The store holds no release of the default model ${model}; publish one: npx glimpse publish RUN --model ${model} --to …`,
    { retryAfter: RETRY_AFTER_SECONDS, cause: error },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof ReleaseError && error.code === 'release-missing';
}
