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
import type { ByteRange } from '../http/byte-range.ts';
import type { Copies } from '../store/copies.ts';
import type { Store, StoredObject } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { TIMED_OUT, within } from '../streams/deadline.ts';
import { canaryOf, placeOf } from './canary.ts';
import { loadChannels, loadManifest, loadRelease, type Release } from './load-release.ts';
import { NameGuard } from './name-guard.ts';
import { DoesNotFitError, type Lease, type NetworkShelf } from './network-shelf.ts';
import { type Keeper, SharedTask } from './shared-task.ts';
import type { Trust } from './trust.ts';

export interface Wanted {
  readonly model: string;
  /** Whether the caller named the model: then it is his fault when there is none. */
  readonly named: boolean;
  readonly version?: string | undefined;
  readonly channel?: string | undefined;
  /** What the caller is told from others by; without it, `stable` is what he gets who names neither of the two. */
  readonly caller?: string | undefined;
}

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

export interface ModelsOptions {
  readonly store: Store;
  /** Where a release and its channels come from while the store fails and none is loaded. */
  readonly copies: Copies;
  readonly trust: Trust;
  readonly shelf: NetworkShelf;
  readonly defaultModel: string;
  readonly revalidateMs: number;
  /** The store's own, for one read. */
  readonly deadlineMs: number;
  readonly maxBackoffMs: number;
  /** Once for each attempt that fails. */
  readonly report: (what: string, error: unknown) => void;
}

/** What is known of one model. */
interface Known {
  readonly name: string;
  current?: {
    readonly channels: Channels;
    readonly object: StoredObject;
    /** When the store has said so; 0 of a copy. */
    readonly readAt: number;
    readonly copiedAt: number;
  };
  readonly reading: SharedTask<void>;
  readonly loading: Map<string, SharedTask<void>>;
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
const FROM_COPY = 'A copy answers.';
/** Names that are remembered, those that do not exist included. */
const MAX_KNOWN = 64;
/** A failed read or load is tried again after this, and after twice as long each time that it fails again. */
const BACKOFF_MS = 1_000;
/** One that took the memory of all other networks with it. */
const BACKOFF_TOO_LARGE_MS = 30_000;
/** What a network takes to be built and warmed up, at the most. */
const BUILD_MS = 10_000;
const HOUR_MS = 3_600_000;
/** A copy of the channels is older than the truth, so it does not count for long. Releases do not change. */
const CHANNELS_COPY_SECONDS = 24 * 3600;
const RELEASE_COPY_SECONDS = 7 * 24 * 3600;

export class Models {
  readonly #options: ModelsOptions;
  readonly #known = new Map<string, Known>();
  readonly #names: NameGuard;
  /** Milliseconds that a list, and that there is no such model, is remembered. */
  readonly #freshMs: number;

  constructor(options: ModelsOptions) {
    this.#options = options;
    this.#freshMs = Math.max(options.revalidateMs, BACKOFF_MS);
    const { store, report } = options;
    this.#names = new NameGuard({
      store,
      freshMs: this.#freshMs,
      rememberMs: (...of) => this.#rememberMs(...of),
      report,
    });
  }

  /**
   * The network for a request, loaded if need be. The caller releases it.
   *
   * @throws {Problem} model-unknown, version-unknown, model-unavailable
   * @throws {ReleaseError} @throws {NetworkError} @throws {StoreError} why it cannot be loaded
   */
  async acquire(wanted: Wanted, keeper: Keeper): Promise<ModelLease> {
    const known = this.#knownModel(wanted.model);
    // For callers of the canary as well: what answers where it does not load, and the channels are asked for here.
    const lease = await this.#acquire(known, wanted, keeper);
    const { version, channel, caller } = wanted;
    if (version !== undefined || channel !== undefined || caller === undefined) return lease;
    try {
      const canary = canaryOf(known.current!.channels);
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

  async #acquire(known: Known, wanted: Wanted, keeper: Keeper): Promise<ModelLease> {
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

  /** Undefined where the canary is not there, or not yet; the reason is kept for `canary`. */
  async #acquireCanary(known: Known, version: string, lastGood: string | undefined, keeper: Keeper) {
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
    const canary = known?.current && canaryOf(known.current.channels);
    if (!known || !canary) return undefined;
    const loaded = this.#options.shelf.has(model, canary.version);
    const reason = known.canary?.version === canary.version && !loaded ? known.canary.reason : undefined;
    return { ...canary, loaded, ...(reason === undefined ? {} : { reason }) };
  }

  /** @throws as `acquire` */
  async channels(wanted: Wanted, keeper: Keeper): Promise<Channels> {
    return (await this.#channels(this.#knownModel(wanted.model), wanted, keeper)).channels;
  }

  /** What `GET /v1/models` lists. Folders without a channels.json hold nothing that can be served and are left out. */
  async list(keeper: Keeper): Promise<{ name: string; channels: Record<string, { version: string }> }[]> {
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
  async release(model: string, version: string, keeper: Keeper): Promise<{ manifest: Manifest; object: StoredObject }> {
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
  async #bringUp(known: Known, wanted: Wanted, channel: string | null, keeper: Keeper) {
    const { channels, failure } = await this.#channels(known, wanted, keeper);
    const version = resolve(channels, wanted, channel);
    if (this.#options.shelf.has(known.name, version)) this.#serves(known, version, channel);
    else await this.#load(known, version, channel, keeper);
    return { version, failure };
  }

  /** Takes note that the version answers, and lets go of those that nobody will ask for any more. */
  #serves(known: Known, version: string, channel: string | null): void {
    if (channel !== null) known.lastGood.set(channel, version);
    // As they are now: another request may have read them since.
    const named = Object.values(known.current!.channels.channels).map((entry) => entry.version);
    const served = new Set([...named, ...known.lastGood.values()]);
    this.#options.shelf.retain(known.name, served);
    for (const other of known.loading.keys()) if (!served.has(other)) known.loading.delete(other);
  }

  /** As they were read at most `revalidateMs` ago; older, with the reason, where the store fails now. */
  async #channels(known: Known, wanted: Wanted, keeper: Keeper) {
    const { revalidateMs } = this.#options;
    let failure: string | undefined;
    if (!known.current || Date.now() - known.current.readAt >= revalidateMs) {
      try {
        await known.reading.run(() => this.#readChannels(known, keeper), keeper);
      } catch (error) {
        if (!known.current && error instanceof StoreError) await this.#copiedChannels(known);
        if (!known.current) throw explainMissing(error, wanted);
        failure = (error as Error).message + (known.current.readAt === 0 ? ` ${FROM_COPY}` : '');
      }
    }
    return { channels: known.current!.channels, failure };
  }

  async #readChannels(known: Known, keeper: Keeper): Promise<void> {
    const { store, copies, defaultModel } = this.#options;
    const before = known.current;
    if (!before && known.name !== defaultModel) await this.#names.admit(known.name, keeper);
    const read = await loadChannels(store, known.name, before?.object.etag);
    const { channels, object } = read === 'unchanged' ? before! : read;
    const now = Date.now();
    const copyIt = read !== 'unchanged' || now - before!.copiedAt > HOUR_MS;
    if (copyIt) keeper.waitUntil(copies.save(objectKeys.channels(known.name), object, CHANNELS_COPY_SECONDS));
    known.current = { channels, object, readAt: now, copiedAt: copyIt ? now : before!.copiedAt };
  }

  async #copiedChannels(known: Known): Promise<void> {
    const copy = await loadChannels(this.#options.copies, known.name).catch(() => undefined);
    // The store may have answered another request in the meantime.
    if (copy && copy !== 'unchanged') known.current ??= { ...copy, readAt: 0, copiedAt: 0 };
  }

  async #load(known: Known, version: string, channel: string | null, keeper: Keeper): Promise<void> {
    const { shelf, report, deadlineMs } = this.#options;
    let task = known.loading.get(version);
    if (!task) {
      task = new SharedTask({
        // release.json, then the files. Whoever takes longer has been ended by the runtime.
        patienceMs: 2 * deadlineMs + BUILD_MS,
        rememberMs: (...of) => this.#rememberMs(...of),
        onFailure: (error) => report(`release ${known.name} ${version}`, error),
      });
      known.loading.set(version, task);
    }
    await task.run(async () => {
      const release = await this.#fetch(known.name, version, keeper);
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

  async #fetch(model: string, version: string, keeper: Keeper): Promise<Release> {
    const { store, copies, trust, report } = this.#options;
    try {
      const release = await loadRelease(store, model, version, trust);
      for (const [key, object] of release.objects) keeper.waitUntil(copies.save(key, object, RELEASE_COPY_SECONDS));
      return release;
    } catch (error) {
      // What the store holds and is not right is never made up for by a copy: only a store that does not answer is.
      if (!(error instanceof StoreError) || error.code === 'object-too-large') throw error;
      const copy = await loadRelease(copies, model, version, trust).catch(() => undefined);
      if (!copy) throw error;
      report(`release ${model} ${version}, of which a copy is served`, error);
      return copy;
    }
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
    const { manifest, release } = lease;
    return {
      manifest,
      get classifier() {
        return lease.classifier;
      },
      release,
      channel,
      lastGood,
    } satisfies ModelLease;
  }

  #rememberMs(error: unknown, failuresInARow: number): number {
    if (error instanceof DoesNotFitError) return BACKOFF_TOO_LARGE_MS;
    if (error instanceof Problem) return BACKOFF_MS;
    return Math.min(BACKOFF_MS * 2 ** (failuresInARow - 1), this.#options.maxBackoffMs);
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
          patienceMs: this.#options.deadlineMs + BACKOFF_MS,
          rememberMs: (...of) => (isMissing(of[0]) ? this.#freshMs : this.#rememberMs(...of)),
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
