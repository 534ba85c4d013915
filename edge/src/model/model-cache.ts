/**
 * The networks that an isolate holds, at most two: the one that answers and, during a swap, its successor. Requests lease
 * a network, so that it is disposed only when no request computes with it.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { pixelCount } from '@glimpse/shared/image/input-contract';
import { Classifier } from '@glimpse/shared/release/classifier';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { DoesNotFitError } from './back-off.ts';
import type { LoadedRelease } from './load-release.ts';
import type { Runtime } from './runtime/runtime.ts';
import { isFatalBackendError } from './runtime/runtime.ts';

const CAPACITY = 2;

/** Released by `using`, or by `release` in a `finally`; releasing twice does nothing. */
export interface Lease extends Disposable {
  readonly manifest: Manifest;
  /** Undefined after the backend was discarded. */
  readonly classifier: Classifier | undefined;
  /** When its network was built, by `performance.now()`. */
  readonly builtAt: number;
  release(): void;
}

interface Entry {
  readonly manifest: Manifest;
  readonly builtAt: number;
  classifier: Classifier | undefined;
  /** Number of leases. */
  users: number;
  /** Disposed with its last lease; gets no new ones. */
  retired: boolean;
}

/** How long a new network waits for the leases of the one that it replaces. */
const ROOM_PATIENCE_MS = 5_000;
const ROOM_POLL_MS = 10;

export class ModelCache {
  readonly #runtime: Runtime;
  /** By model and version, least recently used first. */
  readonly #entries = new Map<string, Entry>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  has(model: string, version: string): boolean {
    const entry = this.#entries.get(keyOf(model, version));
    return entry !== undefined && !entry.retired;
  }

  lease(model: string, version: string): Lease | undefined {
    const key = keyOf(model, version);
    const entry = this.#entries.get(key);
    if (!entry || entry.retired) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    entry.users++;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      entry.users--;
      if (entry.retired && entry.users === 0) this.#drop(key, entry);
    };
    return {
      manifest: entry.manifest,
      builtAt: entry.builtAt,
      get classifier() {
        return entry.classifier;
      },
      release,
      [Symbol.dispose]: release,
    };
  }

  /**
   * Builds the network and warms it up, so that the first image does not pay for it.
   *
   * @param keep versions of the same model that must not be evicted
   * @throws {ReleaseError} if the network does not fit in memory, or computes values that are not finite
   * @throws {Problem} busy, if the networks that could be evicted stay in use for too long
   */
  async add(release: LoadedRelease, keep: ReadonlySet<string>): Promise<void> {
    const { model, version } = release.manifest;
    await this.#makeRoom(model, keep);
    let classifier: Classifier;
    try {
      classifier = build(release);
    } catch (error) {
      // After a fatal error the backend is new, and the network may fit alone.
      if (!this.discardAfter(error)) throw error;
      await this.#runtime.start();
      try {
        classifier = build(release);
      } catch (cause) {
        if (!this.discardAfter(cause)) throw cause;
        throw new DoesNotFitError(model, version, cause);
      }
    }
    this.#entries.set(keyOf(model, version), {
      manifest: release.manifest,
      builtAt: performance.now(),
      classifier,
      users: 0,
      retired: false,
    });
  }

  /** Evicts the model's networks of all other versions. */
  retain(model: string, versions: ReadonlySet<string>): void {
    for (const [key, entry] of this.#entries) {
      const { manifest } = entry;
      if (manifest.model !== model || versions.has(manifest.version)) continue;
      entry.retired = true;
      if (entry.users === 0) this.#drop(key, entry);
    }
  }

  /**
   * If an error broke the heap, drops all networks; the next requests load them again.
   *
   * @returns whether the error did
   */
  discardAfter(error: unknown): boolean {
    if (!isFatalBackendError(error)) return false;
    // Not disposed individually, which would touch the broken heap.
    for (const entry of this.#entries.values()) entry.classifier = undefined;
    this.#entries.clear();
    this.#runtime.discard();
    return true;
  }

  /** After it returns, and until the next `await`, there is room for a network and the backend runs. */
  async #makeRoom(model: string, keep: ReadonlySet<string>): Promise<void> {
    const deadline = Date.now() + ROOM_PATIENCE_MS;
    for (;;) {
      await this.#runtime.start();
      if (this.#entries.size < CAPACITY) return;
      const candidates = [...this.#entries].filter(
        ([, { manifest }]) => !(manifest.model === model && keep.has(manifest.version)),
      );
      const evicted =
        candidates.find(([, { users }]) => users === 0) ??
        candidates.find(([, { retired }]) => retired) ??
        candidates[0];
      if (!evicted || Date.now() >= deadline) {
        throw new Problem('busy', 'All networks in memory are in use; try again.', {
          retryAfter: RETRY_AFTER_SECONDS,
        });
      }
      const [key, entry] = evicted;
      // Under load it always has users. Without new leases it is free when the current requests are done.
      entry.retired = true;
      if (entry.users === 0) this.#drop(key, entry);
      else await new Promise((resolve) => setTimeout(resolve, ROOM_POLL_MS));
    }
  }

  #drop(key: string, entry: Entry): void {
    // The key may have a newer entry by now.
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.classifier?.dispose();
    entry.classifier = undefined;
  }
}

function build({ manifest, files }: LoadedRelease): Classifier {
  const classifier = Classifier.fromRelease(manifest, files);
  try {
    const black = new Uint8Array(pixelCount(manifest.input));
    if (!classifier.classify(black).every(Number.isFinite)) {
      throw new ReleaseError('release-malformed', 'The network computes values that are not finite for a black image.');
    }
    return classifier;
  } catch (error) {
    if (!isFatalBackendError(error)) classifier.dispose();
    throw error;
  }
}

function keyOf(model: string, version: string): string {
  return `${model}/${version}`;
}
