/** A model as it runs in the page: the endpoint's release, checked file by file, and the newer one when there is one. */
import type { ModelDescription } from '@glimpse/shared/api/models';
import { Classifier } from '@glimpse/shared/release/classifier';
import { verifyFile, verifyVersion } from '@glimpse/shared/release/files';
import { type Manifest, readManifest } from '@glimpse/shared/release/manifest';
import type { Call } from '../calls.ts';
import type { KeptFiles } from './kept-files.ts';

export interface Loaded {
  readonly manifest: Manifest;
  readonly classifier: Classifier;
}

/** A release is looked for no more often. */
const REVALIDATE_MS = 60_000;

export class OnDeviceModel {
  readonly #call: Call;
  readonly #kept: KeptFiles;
  /** Of its description, as kept. */
  readonly #address: string;
  readonly #name: string;
  #loaded: Promise<Loaded> | undefined;
  #askedAt = 0;

  /** @param address of the endpoint */
  constructor(call: Call, kept: KeptFiles, address: string, name: string) {
    this.#call = call;
    this.#kept = kept;
    this.#name = name;
    this.#address = new URL(`/v1/models/${name}`, address).href;
  }

  /** Loads what the endpoint serves; where it cannot be asked, what was kept. A newer release is taken the next time. */
  async current(): Promise<Loaded> {
    if (!this.#loaded) {
      this.#loaded = this.#load();
      this.#loaded.catch(() => {
        this.#loaded = undefined;
      });
      return this.#loaded;
    }
    const loaded = await this.#loaded;
    if (performance.now() - this.#askedAt > REVALIDATE_MS) void this.#replace(loaded);
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
      // The one that is loaded goes on.
    }
  }

  async #stableVersion(): Promise<string> {
    this.#askedAt = performance.now();
    let json: string;
    try {
      json = await (await this.#call(`/v1/models/${this.#name}`)).text();
      await this.#kept.write(this.#address, json);
    } catch (error) {
      const kept = await this.#kept.read(this.#address);
      if (!kept) throw error;
      json = new TextDecoder().decode(kept);
    }
    const { channels } = JSON.parse(json) as ModelDescription;
    const version = channels.stable?.version;
    if (!version) throw new Error(`The model ${this.#name} has no stable release.`);
    return version;
  }

  async #open(version: string): Promise<Loaded> {
    const folder = `/v1/models/${this.#name}/releases/${version}`;
    const get = async (path: string) => new Uint8Array(await (await this.#call(path)).arrayBuffer());
    // A version never changes; its own hash covers the files' hashes.
    const readChecked = (bytes: Uint8Array) =>
      readManifest(new TextDecoder().decode(bytes), { model: this.#name, version });
    const release = await this.#kept.get(
      new URL(folder, this.#address).href,
      () => get(folder),
      async (bytes) => verifyVersion(readChecked(bytes)),
    );
    const manifest = readChecked(release);
    const files = await Promise.all(
      manifest.files.map(async (file) => {
        // By its hash: a file that two releases share is kept once.
        const address = new URL(`/sha256/${file.sha256}`, this.#address).href;
        const load = () => get(`${folder}/files/${file.path}`);
        return [file.path, await this.#kept.get(address, load, (bytes) => verifyFile(file, bytes))] as const;
      }),
    );
    return { manifest, classifier: Classifier.fromRelease(manifest, new Map(files)) };
  }
}
