/** Immutable files in Cache Storage, so that classification also works offline. */

const CACHE_NAME = 'glimpse';

export class FileCache {
  /** Undefined if the page may not store anything: on plain http, or in some private windows. */
  readonly #storage: Promise<Cache | undefined>;

  constructor() {
    this.#storage =
      'caches' in globalThis ? caches.open(CACHE_NAME).catch(() => undefined) : Promise.resolve(undefined);
  }

  /**
   * @param address the cache key: a URL that contains the hash of the content
   * @param load fetches the file if it is not cached
   * @param verify throws if the content is wrong; a cached file is then loaded again
   */
  async get(
    address: string,
    load: () => Promise<Uint8Array<ArrayBuffer>>,
    verify: (bytes: Uint8Array<ArrayBuffer>) => Promise<void> = async () => {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const cached = await this.read(address);
    if (cached) {
      try {
        await verify(cached);
        return cached;
      } catch {
        // Corrupt, or written by another script of this origin.
      }
    }
    const bytes = await load();
    await verify(bytes);
    await this.write(address, bytes);
    return bytes;
  }

  async read(address: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const response = await (await this.#storage)?.match(address).catch(() => undefined);
    return response && new Uint8Array(await response.arrayBuffer());
  }

  /** Without free space, nothing is stored, and the file is loaded again next time. */
  async write(address: string, bytes: Uint8Array<ArrayBuffer> | string): Promise<void> {
    await (await this.#storage)?.put(address, new Response(bytes)).catch(() => {});
  }
}
