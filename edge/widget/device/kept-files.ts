/** Files that never change, kept in Cache Storage, so that they are there when the network is not. */

const NAME = 'glimpse';

export class KeptFiles {
  /** Undefined where the page may not keep anything: on plain http, or in some private windows. */
  readonly #cache: Promise<Cache | undefined>;

  constructor() {
    this.#cache = 'caches' in globalThis ? caches.open(NAME).catch(() => undefined) : Promise.resolve(undefined);
  }

  /**
   * @param address that names the content: one with its hash in it
   * @param load gets it where it is not kept; what it throws is thrown
   * @param check of what was kept: what fails it is loaded anew
   */
  async get(
    address: string,
    load: () => Promise<Uint8Array<ArrayBuffer>>,
    check: (bytes: Uint8Array<ArrayBuffer>) => Promise<void> = async () => {},
  ): Promise<Uint8Array<ArrayBuffer>> {
    const kept = await this.read(address);
    if (kept) {
      try {
        await check(kept);
        return kept;
      } catch {
        // Damaged, or written by somebody else of this origin.
      }
    }
    const bytes = await load();
    await check(bytes);
    await this.write(address, bytes);
    return bytes;
  }

  async read(address: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const response = await (await this.#cache)?.match(address).catch(() => undefined);
    return response && new Uint8Array(await response.arrayBuffer());
  }

  /** Where there is no room, it is loaded again the next time. */
  async write(address: string, bytes: Uint8Array<ArrayBuffer> | string): Promise<void> {
    await (await this.#cache)?.put(address, new Response(bytes)).catch(() => {});
  }
}
