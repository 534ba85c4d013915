/** A model in the browser: the stable release of the endpoint, verified file by file, and replaced by newer releases. */
import type { ModelDescription } from '@glimpse/shared/api/models';
import { Classifier } from '@glimpse/shared/release/classifier';
import { verifyFile, verifyVersion } from '@glimpse/shared/release/files';
import { type Manifest, readManifest } from '@glimpse/shared/release/manifest';
import type { Call } from '../endpoint.ts';
import type { FileCache } from './file-cache.ts';

export interface Loaded {
  readonly manifest: Manifest;
  readonly classifier: Classifier;
}

/** Minimum time between checks for a newer release. */
const REVALIDATE_MS = 60_000;

export class OnDeviceModel {
  readonly #call: Call;
  readonly #cache: FileCache;
  /** URL of the description, which is also its cache key. */
  readonly #address: string;
  readonly #name: string;
  #loaded: Promise<Loaded> | undefined;
  #checkedAt = 0;

  /** @param address URL of the endpoint */
  constructor(call: Call, cache: FileCache, address: string, name: string) {
    this.#call = call;
    this.#cache = cache;
    this.#name = name;
    this.#address = new URL(`/v1/models/${name}`, address).href;
  }

  /** The release that the endpoint serves, or the cached one if it is unreachable. A newer release is used from the next call. */
  async current(): Promise<Loaded> {
    if (!this.#loaded) {
      this.#loaded = this.#load();
      this.#loaded.catch(() => {
        this.#loaded = undefined;
      });
      return this.#loaded;
    }
    const loaded = await this.#loaded;
    if (performance.now() - this.#checkedAt > REVALIDATE_MS) void this.#replace(loaded);
    return loaded;
  }

  async #load(): Promise<Loaded> {
    return this.#open(await this.#stableVersion());
  }

  async #replace(before: Loaded): Promise<void> {
    try {
      const version = await this.#stableVersion();
      if (version === before.manifest.version) return;
      this.#loaded = Promise.resolve(await this.#open(version));
      before.classifier.dispose();
    } catch {
      // The loaded release stays in use.
    }
  }

  async #stableVersion(): Promise<string> {
    this.#checkedAt = performance.now();
    let json: string;
    try {
      json = await (await this.#call(`/v1/models/${this.#name}`)).text();
      await this.#cache.write(this.#address, json);
    } catch (error) {
      const cached = await this.#cache.read(this.#address);
      if (!cached) throw error;
      json = new TextDecoder().decode(cached);
    }
    const { channels } = JSON.parse(json) as ModelDescription;
    const version = channels.stable?.version;
    if (!version) throw new Error(`The model ${this.#name} has no stable release.`);
    return version;
  }

  async #open(version: string): Promise<Loaded> {
    const folder = `/v1/models/${this.#name}/releases/${version}`;
    const get = async (path: string) => new Uint8Array(await (await this.#call(path)).arrayBuffer());
    // A version is immutable, and its own hash covers the hashes of its files.
    const readChecked = (bytes: Uint8Array) =>
      readManifest(new TextDecoder().decode(bytes), { model: this.#name, version });
    const release = await this.#cache.get(
      new URL(folder, this.#address).href,
      () => get(folder),
      async (bytes) => verifyVersion(readChecked(bytes)),
    );
    const manifest = readChecked(release);
    const files = await Promise.all(
      manifest.files.map(async (file) => {
        // The key is the hash, so a file that two releases share is cached once.
        const address = new URL(`/sha256/${file.sha256}`, this.#address).href;
        const load = () => get(`${folder}/files/${file.path}`);
        return [file.path, await this.#cache.get(address, load, (bytes) => verifyFile(file, bytes))] as const;
      }),
    );
    return { manifest, classifier: Classifier.fromRelease(manifest, new Map(files)) };
  }
}
