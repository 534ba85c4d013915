/**
 * The models that an isolate serves. Nothing is loaded before somebody asks; a channel is looked up anew every few
 * seconds; a new version takes over between two requests; and while the new one or the store fails, the last good one
 * goes on answering. Callers who ask for no channel get `stable`, and as many of them as it says get `canary`.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { CANARY_CHANNEL, type Channels, DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { ByteRange } from '../body/byte-range.ts';
import { TIMED_OUT, within } from '../body/deadline.ts';
import type { StoredObject } from '../store/store.ts';
import { BACKOFF_MS, backOffMs } from './back-off.ts';
import { canaryOf, placeOf } from './canary.ts';
import { fetchRelease } from './fetch-release.ts';
import { loadManifest } from './load-release.ts';
import type { Lease, ModelCache } from './model-cache.ts';
import { type ChannelsOptions, ModelChannels } from './model-channels.ts';
import { ModelNameLimiter } from './model-name-limiter.ts';
import { resolve, type Wanted } from './release-selector.ts';
import { SingleFlight, type WaitUntil } from './single-flight.ts';

export interface ModelLease extends Lease {
  /** Null where the caller named a version. */
  readonly channel: string | null;
  /** Why this is an older version than the channel's, or perhaps is; undefined where all is well. */
  readonly lastGood: string | undefined;
}

/** The canary of a model, as this isolate sees it. */
export interface CanaryState {
  readonly version: string;
  readonly percent: number;
  /** Whether its network is loaded. */
  readonly loaded: boolean;
  /** Why its callers get `stable` here. */
  readonly reason?: string;
}

/** Copies stand in while the store fails and nothing is loaded. */
export interface ModelsOptions extends ChannelsOptions {
  readonly shelf: ModelCache;
}

/** What is known of one model. */
interface Known {
  readonly name: string;
  readonly channels: ModelChannels;
  readonly loading: Map<string, SingleFlight<void>>;
  /** By channel: the version that answered last. */
  readonly lastGood: Map<string, string>;
  manifest?: { readonly manifest: Manifest; readonly object: StoredObject };
  /** When somebody began to ask the store, who has no answer yet. */
  pendingSince?: number | undefined;
  /** Since when the canary of this version is wanted and not there, and what came of it. */
  canary?: { readonly version: string; readonly wantedAt: number; reason: string } | undefined;
}

/** With a good version at hand, the requests of this time wait for news from the store; later ones do without. */
const SWAP_PATIENCE_MS = 1_000;
/** No read takes so long: whoever asked has been ended by the runtime. */
const LOST_MS = 30_000;
const SILENT = 'The store has not answered yet.';
/** Names that are remembered, those that do not exist included. */
const MAX_KNOWN = 64;
/** What a network takes to be built and warmed up, at the most. */
const BUILD_MS = 10_000;

export class Models {
  readonly #options: ModelsOptions;
  readonly #known = new Map<string, Known>();
  readonly #names: ModelNameLimiter;
  /** Milliseconds that a list, and that there is no such model, is remembered. */
  readonly #freshMs: number;

  constructor(options: ModelsOptions) {
    this.#options = options;
    this.#freshMs = Math.max(options.revalidateMs, BACKOFF_MS);
    const { store, report } = options;
    this.#names = new ModelNameLimiter({
      store,
      freshMs: this.#freshMs,
      rememberMs: (...of) => backOffMs(...of, options.maxBackoffMs),
      report,
    });
  }

  /**
   * The network for a request, loaded if need be. The caller releases it.
   *
   * @throws {Problem} model-unknown, version-unknown, model-unavailable
   * @throws {ReleaseError} @throws {NetworkError} @throws {StoreError} why it cannot be loaded
   */
  async acquire(wanted: Wanted, keeper: WaitUntil): Promise<ModelLease> {
    const known = this.#knownModel(wanted.model);
    // For callers of the canary as well: what answers where it does not load, and the channels are asked for here.
    const lease = await this.#acquire(known, wanted, keeper);
    const { version, channel, caller } = wanted;
    if (version !== undefined || channel !== undefined || caller === undefined) return lease;
    try {
      const canary = canaryOf(known.channels.current!);
      if (!canary || (await placeOf(known.name, caller)) >= canary.percent) return lease;
      const instead = await this.#acquireCanary(known, canary.version, lease.lastGood, keeper);
      if (!instead) return lease;
      lease.release();
      return instead;
    } catch (error) {
      lease.release();
      throw error;
    }
  }

  async #acquire(known: Known, wanted: Wanted, keeper: WaitUntil): Promise<ModelLease> {
    const channel = wanted.version ? null : (wanted.channel ?? DEFAULT_CHANNEL);
    const good = channel === null ? undefined : known.lastGood.get(channel);
    if (good === undefined || !this.#options.shelf.has(known.name, good)) {
      const { version, failure } = await this.#ensureLoaded(known, wanted, channel, keeper);
      return this.#lease(known, version, channel, failure);
    }
    const now = Date.now();
    const { pendingSince } = known;
    const waited = pendingSince === undefined || now - pendingSince > LOST_MS ? 0 : now - pendingSince;
    if (waited >= SWAP_PATIENCE_MS) return this.#lease(known, good, channel, SILENT);
    if (waited === 0) known.pendingSince = now;
    const settled = this.#ensureLoaded(known, wanted, channel, keeper)
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

  /** Undefined where the canary is not there, or not yet; the reason is kept for `canary`. */
  async #acquireCanary(known: Known, version: string, lastGood: string | undefined, keeper: WaitUntil) {
    const { shelf } = this.#options;
    if (!shelf.has(known.name, version)) {
      if (known.canary?.version !== version)
        known.canary = { version, wantedAt: Date.now(), reason: 'It is being loaded.' };
      const state = known.canary;
      const settled = this.#load(known, version, CANARY_CHANNEL, keeper).then(
        () => true,
        (error: Error) => {
          state.reason = error.message;
          return false;
        },
      );
      keeper.waitUntil(settled);
      // The first ones wait for a while; who comes later does without, until it is there.
      const loaded = await within(state.wantedAt + SWAP_PATIENCE_MS - Date.now(), settled);
      if (loaded !== true) return undefined;
    }
    const lease = this.#leaseOf(known, version, CANARY_CHANNEL, lastGood);
    if (lease) known.canary = undefined;
    return lease;
  }

  /** Of a model that has been acquired; undefined where it has none that callers get unasked. */
  canary(model: string): CanaryState | undefined {
    const known = this.#known.get(model);
    const canary = known?.channels.current && canaryOf(known.channels.current);
    if (!known || !canary) return undefined;
    const loaded = this.#options.shelf.has(model, canary.version);
    const reason = known.canary?.version === canary.version && !loaded ? known.canary.reason : undefined;
    return { ...canary, loaded, ...(reason === undefined ? {} : { reason }) };
  }

  /** @throws as `acquire` */
  async channels(wanted: Wanted, keeper: WaitUntil): Promise<Channels> {
    return (await this.#knownModel(wanted.model).channels.read(wanted, keeper)).channels;
  }

  /** What `GET /v1/models` lists. Folders without a channels.json hold nothing that can be served and are left out. */
  async list(keeper: WaitUntil): Promise<{ name: string; channels: Record<string, { version: string }> }[]> {
    const names = (await this.#names.names(keeper)).slice(0, MAX_KNOWN);
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
    return (await this.#manifest(model, version)).manifest;
  }

  /**
   * The release.json of a version that some channel of the model names: manifest, and the bytes as they are.
   *
   * @throws {Problem} model-unknown, version-unknown
   * @throws {ReleaseError} @throws {StoreError}
   */
  async release(
    model: string,
    version: string,
    keeper: WaitUntil,
  ): Promise<{ manifest: Manifest; object: StoredObject }> {
    const wanted = { model, named: true, version };
    resolve(await this.channels(wanted, keeper), wanted, null);
    return this.#manifest(model, version);
  }

  /**
   * A file of such a release, as the store sends it: unlike what is loaded, it is not verified here.
   *
   * @throws {ReleaseError} where it is missing or not of its size @throws {StoreError}
   */
  async openFile({ model, version, files }: Manifest, path: string, range?: ByteRange): Promise<ReadableStream> {
    const key = objectKeys.file(model, version, path);
    const opened = await this.#options.store.open(key, range);
    const size = files.find((file) => file.path === path)?.size;
    if (opened?.size === size && opened !== undefined) return opened.body;
    await opened?.body.cancel();
    throw new ReleaseError(
      opened ? 'release-corrupt' : 'release-missing',
      `The store has ${opened ? `${opened.size} bytes` : 'nothing'} as ${key}; publish the release again.`,
    );
  }

  async #manifest(model: string, version: string) {
    const known = this.#knownModel(model);
    const { store, trust } = this.#options;
    if (known.manifest?.manifest.version !== version) {
      known.manifest = await loadManifest(store, model, version, trust);
    }
    return known.manifest;
  }

  /** Makes sure that the wanted version is on the shelf. */
  async #ensureLoaded(known: Known, wanted: Wanted, channel: string | null, keeper: WaitUntil) {
    const { channels, failure } = await known.channels.read(wanted, keeper);
    const version = resolve(channels, wanted, channel);
    if (this.#options.shelf.has(known.name, version)) this.#serves(known, version, channel);
    else await this.#load(known, version, channel, keeper);
    return { version, failure };
  }

  /** Takes note that the version answers, and lets go of those that nobody will ask for any more. */
  #serves(known: Known, version: string, channel: string | null): void {
    if (channel !== null) known.lastGood.set(channel, version);
    // As they are now: another request may have read them since.
    const named = Object.values(known.channels.current!.channels).map((entry) => entry.version);
    const served = new Set([...named, ...known.lastGood.values()]);
    this.#options.shelf.retain(known.name, served);
    for (const other of known.loading.keys()) if (!served.has(other)) known.loading.delete(other);
  }

  async #load(known: Known, version: string, channel: string | null, keeper: WaitUntil): Promise<void> {
    const { shelf, report, deadlineMs, maxBackoffMs } = this.#options;
    let task = known.loading.get(version);
    if (!task) {
      task = new SingleFlight({
        // release.json, then the files. Whoever takes longer has been ended by the runtime.
        patienceMs: 2 * deadlineMs + BUILD_MS,
        rememberMs: (...of) => backOffMs(...of, maxBackoffMs),
        onFailure: (error) => report(`release ${known.name} ${version}`, error),
      });
      known.loading.set(version, task);
    }
    await task.run(async () => {
      const release = await fetchRelease(this.#options, known.name, version, keeper);
      // A second load of a version that was thought lost may come second.
      if (!shelf.has(known.name, version)) await shelf.add(release, this.#spared(known, channel));
      this.#serves(known, version, channel);
    }, keeper);
    known.loading.delete(version);
  }

  /**
   * With two places there is room for the new network and one more: what `stable` last served. Only where it is `stable`
   * that has none, any other may go.
   */
  #spared({ lastGood }: Known, channel: string | null): ReadonlySet<string> {
    const version = lastGood.get(DEFAULT_CHANNEL) ?? (channel === null ? undefined : lastGood.get(channel));
    return new Set(version === undefined ? [] : [version]);
  }

  #lease(known: Known, version: string, channel: string | null, lastGood: string | undefined): ModelLease {
    const good = channel === null ? undefined : known.lastGood.get(channel);
    const lease =
      this.#leaseOf(known, version, channel, lastGood) ??
      // Between its arrival and now another one took its place.
      (good === undefined ? undefined : this.#leaseOf(known, good, channel, lastGood));
    if (lease) return lease;
    throw new Problem('busy', `The model's network has just gone to make room; try again.`, {
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }

  #leaseOf(known: Known, version: string, channel: string | null, lastGood: string | undefined) {
    const lease = this.#options.shelf.lease(known.name, version);
    if (!lease) return undefined;
    const { manifest, builtAt, release } = lease;
    return {
      manifest,
      builtAt,
      get classifier() {
        return lease.classifier;
      },
      release,
      channel,
      lastGood,
    } satisfies ModelLease;
  }

  #knownModel(name: string): Known {
    let known = this.#known.get(name);
    if (!known) {
      // Names come from callers: those without a model make room for others.
      if (this.#known.size >= MAX_KNOWN) {
        const forgettable =
          [...this.#known.values()].find(({ channels }) => !channels.current) ?? this.#known.values().next().value;
        if (forgettable) this.#known.delete(forgettable.name);
      }
      known = {
        name,
        channels: new ModelChannels(name, this.#options, this.#names, this.#freshMs),
        loading: new Map(),
        lastGood: new Map(),
      };
      this.#known.set(name, known);
    }
    return known;
  }
}
