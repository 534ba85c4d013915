/**
 * One model as this isolate serves it. Nothing is loaded before the first request. The channels are read again every few
 * seconds, and a new version takes over between two requests. While the new version or the store fails, the last good
 * version keeps answering. Callers that name no channel get `stable`, except the percentage routed to `canary`.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { CANARY_CHANNEL, type Channels, DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import type { Manifest } from '@glimpse/shared/release/manifest';
import type { StoredObject } from '@glimpse/shared/store/object-store';
import { TIMED_OUT, withTimeout } from '../body/deadline.ts';
import { backOffMs } from './back-off.ts';
import { canaryOf, percentileOf } from './canary.ts';
import { fetchRelease, loadManifest } from './load-release.ts';
import type { Lease, ModelCache } from './model-cache.ts';
import { type ChannelsOptions, ModelChannels } from './model-channels.ts';
import type { ModelNameLimiter } from './model-name-limiter.ts';
import { channelOf, type ReleaseSelector, versionOf } from './release-selector.ts';
import { SingleFlight, type WaitUntil } from './single-flight.ts';

export interface ModelLease extends Lease {
  /** Null if the caller named a version. */
  readonly channel: string | null;
  /** Why this may be an older version than the channel's; undefined if it is current. */
  readonly staleReason: string | undefined;
}

/** The canary of a model, as this isolate sees it. */
export interface CanaryState {
  readonly version: string;
  readonly percent: number;
  /** Whether its network is loaded. */
  readonly loaded: boolean;
  /** Why its callers get `stable` in this isolate. */
  readonly reason?: string;
}

export interface ServedModelOptions extends ChannelsOptions {
  readonly cache: ModelCache;
}

/** If a good version is loaded, requests wait this long for news from the store, counted from the first that waits. */
const SWAP_PATIENCE_MS = 1_000;
/** No read takes this long: the runtime has ended the request that waited for it. */
const LOST_MS = 30_000;
const STORE_PENDING = 'The store has not answered yet.';
/** The longest that building a network and warming it up takes. */
const BUILD_MS = 10_000;

export class ServedModel {
  readonly #name: string;
  readonly #options: ServedModelOptions;
  readonly #channels: ModelChannels;
  /** By version. */
  readonly #loading = new Map<string, SingleFlight<void>>();
  /** By channel: the version that answered last. */
  readonly #lastGood = new Map<string, string>();
  #manifest: { readonly manifest: Manifest; readonly object: StoredObject } | undefined;
  /** When the read that is pending began. */
  #pendingSince: number | undefined;
  /** A canary version that is not loaded yet: since when requests ask for it, and why it is not there. */
  #missingCanary: { readonly version: string; readonly since: number; reason: string } | undefined;

  constructor(name: string, options: ServedModelOptions, names: ModelNameLimiter) {
    this.#name = name;
    this.#options = options;
    this.#channels = new ModelChannels(name, options, names);
  }

  /** Whether the store, or a copy, has had channels for this name. */
  get exists(): boolean {
    return this.#channels.current !== undefined;
  }

  /**
   * The network for a request; loads it if necessary. The caller releases the lease.
   *
   * @param namedByCaller whether the caller named the model, as opposed to getting the default
   * @throws {Problem} model-unknown, version-unknown, model-unavailable
   * @throws {ReleaseError} @throws {NetworkError} @throws {StoreError} why it cannot be loaded
   */
  async acquire(selector: ReleaseSelector, namedByCaller: boolean, context: WaitUntil): Promise<ModelLease> {
    // For callers of the canary as well: this reads the channels, and it answers if the canary does not load.
    const lease = await this.#acquire(selector, namedByCaller, context);
    const { version, channel, caller } = selector;
    if (version !== undefined || channel !== undefined || caller === undefined) return lease;
    try {
      const canary = canaryOf(this.#channels.current!);
      if (!canary || (await percentileOf(this.#name, caller)) >= canary.percent) return lease;
      const canaryLease = await this.#acquireCanary(canary.version, lease.staleReason, context);
      if (!canaryLease) return lease;
      lease.release();
      return canaryLease;
    } catch (error) {
      lease.release();
      throw error;
    }
  }

  /** Undefined if the model has no canary that callers get without naming it. Reads nothing from the store. */
  canary(): CanaryState | undefined {
    const canary = this.#channels.current && canaryOf(this.#channels.current);
    if (!canary) return undefined;
    const loaded = this.#options.cache.has(this.#name, canary.version);
    const missing = this.#missingCanary;
    const reason = missing?.version === canary.version && !loaded ? missing.reason : undefined;
    return { ...canary, loaded, ...(reason === undefined ? {} : { reason }) };
  }

  /** @throws as `acquire` for a caller that named the model */
  async channels(context: WaitUntil): Promise<Channels> {
    return (await this.#channels.read(true, context)).channels;
  }

  /**
   * release.json of a version, parsed and as its bytes. Whether a channel names the version is not checked.
   *
   * @throws {ReleaseError} @throws {StoreError}
   */
  async manifest(version: string): Promise<{ manifest: Manifest; object: StoredObject }> {
    const { store, trust } = this.#options;
    if (this.#manifest?.manifest.version !== version) {
      this.#manifest = await loadManifest(store, this.#name, version, trust);
    }
    return this.#manifest;
  }

  async #acquire(selector: ReleaseSelector, namedByCaller: boolean, context: WaitUntil): Promise<ModelLease> {
    const channel = channelOf(selector);
    const good = channel === null ? undefined : this.#lastGood.get(channel);
    if (good === undefined || !this.#options.cache.has(this.#name, good)) {
      const { version, failure } = await this.#ensureLoaded(selector, namedByCaller, context);
      return this.#lease(version, channel, failure);
    }
    const now = Date.now();
    const waited =
      this.#pendingSince === undefined || now - this.#pendingSince > LOST_MS ? 0 : now - this.#pendingSince;
    if (waited >= SWAP_PATIENCE_MS) return this.#lease(good, channel, STORE_PENDING);
    if (waited === 0) this.#pendingSince = now;
    const loaded = this.#ensureLoaded(selector, namedByCaller, context)
      .catch((error: unknown) => ({ error }))
      .finally(() => {
        this.#pendingSince = undefined;
      });
    context.waitUntil(loaded);
    const outcome = await withTimeout(SWAP_PATIENCE_MS - waited, loaded);
    if (outcome === TIMED_OUT) return this.#lease(good, channel, STORE_PENDING);
    if (!('error' in outcome)) return this.#lease(outcome.version, channel, outcome.failure);
    // A channel that was removed is not a failure of the store.
    if (outcome.error instanceof Problem && outcome.error.code !== 'busy') throw outcome.error;
    return this.#lease(good, channel, (outcome.error as Error).message);
  }

  /** @returns undefined if the canary is not loaded, or not yet; the reason is kept for `canary` */
  async #acquireCanary(version: string, staleReason: string | undefined, context: WaitUntil) {
    if (!this.#options.cache.has(this.#name, version)) {
      if (this.#missingCanary?.version !== version) {
        this.#missingCanary = { version, since: Date.now(), reason: 'It is loading.' };
      }
      const missing = this.#missingCanary;
      const load = this.#load(version, CANARY_CHANNEL, context).then(
        () => true,
        (error: Error) => {
          missing.reason = error.message;
          return false;
        },
      );
      context.waitUntil(load);
      // The first requests wait; later ones get `stable` until the canary is loaded.
      const loaded = await withTimeout(missing.since + SWAP_PATIENCE_MS - Date.now(), load);
      if (loaded !== true) return undefined;
    }
    const lease = this.#leaseOf(version, CANARY_CHANNEL, staleReason);
    if (lease) this.#missingCanary = undefined;
    return lease;
  }

  /** Resolves the selector and loads that version unless it is loaded. */
  async #ensureLoaded(selector: ReleaseSelector, namedByCaller: boolean, context: WaitUntil) {
    const { channels, failure } = await this.#channels.read(namedByCaller, context);
    const channel = channelOf(selector);
    const version = versionOf(channels, this.#name, selector);
    if (this.#options.cache.has(this.#name, version)) this.#markServing(version, channel);
    else await this.#load(version, channel, context);
    return { version, failure };
  }

  /** Records that the version answers, and drops versions that no channel names any more. */
  #markServing(version: string, channel: string | null): void {
    if (channel !== null) this.#lastGood.set(channel, version);
    // The current channels: another request may have read them in the meantime.
    const named = Object.values(this.#channels.current!.channels).map((entry) => entry.version);
    const served = new Set([...named, ...this.#lastGood.values()]);
    this.#options.cache.retain(this.#name, served);
    for (const other of this.#loading.keys()) if (!served.has(other)) this.#loading.delete(other);
  }

  async #load(version: string, channel: string | null, context: WaitUntil): Promise<void> {
    const { cache, report, deadlineMs, maxBackoffMs } = this.#options;
    let flight = this.#loading.get(version);
    if (!flight) {
      flight = new SingleFlight({
        // Two reads, release.json and then the files. After that the runtime has ended the request that loads.
        patienceMs: 2 * deadlineMs + BUILD_MS,
        rememberMs: (error, failures) => backOffMs(error, failures, maxBackoffMs),
        onFailure: (error) => report(`release ${this.#name} ${version}`, error),
      });
      this.#loading.set(version, flight);
    }
    await flight.run(async () => {
      const release = await fetchRelease(this.#options, this.#name, version, context);
      // A load that was thought lost may have finished before this one.
      if (!cache.has(this.#name, version)) await cache.add(release, this.#versionsToKeep(channel));
      this.#markServing(version, channel);
    }, context);
    this.#loading.delete(version);
  }

  /**
   * The cache has room for two networks: the new one and the last good version of `stable`. If `stable` has none, the last
   * good version of the channel stays.
   */
  #versionsToKeep(channel: string | null): ReadonlySet<string> {
    const version = this.#lastGood.get(DEFAULT_CHANNEL) ?? (channel === null ? undefined : this.#lastGood.get(channel));
    return new Set(version === undefined ? [] : [version]);
  }

  #lease(version: string, channel: string | null, staleReason: string | undefined): ModelLease {
    const good = channel === null ? undefined : this.#lastGood.get(channel);
    const lease =
      this.#leaseOf(version, channel, staleReason) ??
      // Another network may have taken its place since it was loaded.
      (good === undefined ? undefined : this.#leaseOf(good, channel, staleReason));
    if (lease) return lease;
    throw new Problem('busy', `The model's network was just unloaded to make room; try again.`, {
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }

  #leaseOf(version: string, channel: string | null, staleReason: string | undefined): ModelLease | undefined {
    const lease = this.#options.cache.lease(this.#name, version);
    // Assigned, not spread: `classifier` is a getter.
    return lease && Object.assign(lease, { channel, staleReason });
  }
}
