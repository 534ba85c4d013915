/**
 * The networks that an isolate holds, at most two: the one that answers, and during a swap its successor. Who uses one
 * leases it, so that a network goes only when nobody computes with it.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { pixelCount } from '@glimpse/shared/image/input-contract';
import { Classifier } from '@glimpse/shared/release/classifier';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { Release } from './load-release.ts';
import { isFatalBackendError } from './runtime/fatal-backend-error.ts';
import type { Runtime } from './runtime/runtime.ts';

const CAPACITY = 2;

export interface Lease {
  readonly manifest: Manifest;
  /** Undefined once the backend has been thrown away under it. */
  readonly classifier: Classifier | undefined;
  /** When its network was built, by `performance.now()`. */
  readonly builtAt: number;
  /** Belongs into a `finally`; may be called again. */
  release(): void;
}

interface Entry {
  readonly manifest: Manifest;
  readonly builtAt: number;
  classifier: Classifier | undefined;
  users: number;
  /** Goes as soon as nobody uses it; until then nobody else gets it. */
  retired: boolean;
}

/** So long a new network waits for those who use the one that makes room for it; looked at every so often. */
const ROOM_PATIENCE_MS = 5_000;
const ROOM_GLANCE_MS = 10;

/** The network exhausts the memory of the backend even when it is alone there. */
export class DoesNotFitError extends ReleaseError {
  constructor(model: string, version: string, cause: unknown) {
    super(
      'release-malformed',
      `The network of ${model} ${version} does not fit in MAX_RUNTIME_BYTES: raise it, or publish a smaller one.`,
      { cause },
    );
  }
}

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
    return {
      manifest: entry.manifest,
      builtAt: entry.builtAt,
      get classifier() {
        return entry.classifier;
      },
      release: () => {
        if (released) return;
        released = true;
        entry.users--;
        if (entry.retired && entry.users === 0) this.#drop(key, entry);
      },
    };
  }

  /**
   * Builds the network and warms it up, so that the first image does not pay for it.
   *
   * @param spare versions of the same model that have to stay: what answers while this one is not there
   * @throws {ReleaseError} where the network does not fit in memory, or computes nonsense
   * @throws {Problem} busy, where the networks that might go are in use for too long
   */
  async add(release: Release, spare: ReadonlySet<string>): Promise<void> {
    const { model, version } = release.manifest;
    await this.#makeRoom(model, spare);
    let classifier: Classifier;
    try {
      classifier = build(release);
    } catch (error) {
      if (!isFatalBackendError(error)) throw error;
      // Perhaps it fits alone; and the heap is broken anyhow.
      this.discardBackend();
      await this.#runtime.start();
      try {
        classifier = build(release);
      } catch (cause) {
        if (!isFatalBackendError(cause)) throw cause;
        this.discardBackend();
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

  /** Lets go of the model's networks of other versions than these. */
  retain(model: string, versions: ReadonlySet<string>): void {
    for (const [key, entry] of this.#entries) {
      const { manifest } = entry;
      if (manifest.model !== model || versions.has(manifest.version)) continue;
      entry.retired = true;
      if (entry.users === 0) this.#drop(key, entry);
    }
  }

  /** After an error that broke the heap. All networks are gone; they are loaded anew when somebody asks. */
  discardBackend(): void {
    // Not disposed one by one: that would touch the broken heap.
    for (const entry of this.#entries.values()) entry.classifier = undefined;
    this.#entries.clear();
    this.#runtime.discard();
  }

  /** When this returns, and until the next `await`, there is room and the backend runs. */
  async #makeRoom(model: string, spare: ReadonlySet<string>): Promise<void> {
    const until = Date.now() + ROOM_PATIENCE_MS;
    for (;;) {
      await this.#runtime.start();
      if (this.#entries.size < CAPACITY) return;
      const may = [...this.#entries].filter(
        ([, { manifest }]) => !(manifest.model === model && spare.has(manifest.version)),
      );
      const found = may.find(([, { users }]) => users === 0) ?? may.find(([, { retired }]) => retired) ?? may[0];
      if (!found || Date.now() >= until) {
        throw new Problem('busy', 'Every place for a network is in use; try again.', {
          retryAfter: RETRY_AFTER_SECONDS,
        });
      }
      const [key, entry] = found;
      // Under load somebody uses it at any moment: it goes when those of now are done.
      entry.retired = true;
      if (entry.users === 0) this.#drop(key, entry);
      else await new Promise((resolve) => setTimeout(resolve, ROOM_GLANCE_MS));
    }
  }

  #drop(key: string, entry: Entry): void {
    // A later entry may stand under the same key.
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.classifier?.dispose();
    entry.classifier = undefined;
  }
}

function build({ manifest, files }: Release): Classifier {
  const classifier = Classifier.fromRelease(manifest, files);
  try {
    const black = new Uint8Array(pixelCount(manifest.input));
    if (!classifier.classify(black).every(Number.isFinite)) {
      throw new ReleaseError('release-malformed', 'The network answers a black image with no finite numbers.');
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
