/** Which release answers a request, and which input it requires. Cached for a minute. */
import type { InputContract, ModelDescription, ModelList } from '../answers.ts';

/** An outdated entry does no harm: each answer names its release, and a mismatch is noticed. */
const MAX_AGE_MS = 60_000;

/** Which release answers. By default, the endpoint chooses. */
export interface ReleaseSelector {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly channel?: string | undefined;
}

export interface Release {
  readonly version: string;
  readonly input: InputContract;
}

/** GET requests to the endpoint, with the JSON answer. */
export type GetJson = (path: string) => Promise<unknown>;

interface Entry {
  readonly at: number;
  readonly release: Promise<Release | undefined>;
}

export class Releases {
  readonly #getJson: GetJson;
  readonly #cache = new Map<string, Entry>();

  constructor(getJson: GetJson) {
    this.#getJson = getJson;
  }

  /** @returns undefined if it cannot be determined; images are then sent as they are */
  select({ model, version, channel }: ReleaseSelector): Promise<Release | undefined> {
    return this.#cached([model, version, channel], async () => {
      const name = model ?? ((await this.#getJson('/v1/models')) as ModelList).default;
      if (version !== undefined) return this.get(name, version);
      const { channels, release } = (await this.#getJson(pathOf(name))) as ModelDescription;
      const selected = channel === undefined ? release?.version : channels[channel]?.version;
      if (selected === undefined) return undefined;
      return selected === release?.version ? release : this.get(name, selected);
    });
  }

  /** @returns undefined if it cannot be loaded */
  get(model: string, version: string): Promise<Release | undefined> {
    return this.#cached([model, version], async () => {
      return (await this.#getJson(`${pathOf(model)}/releases/${encodeURIComponent(version)}`)) as Release;
    });
  }

  clear(): void {
    this.#cache.clear();
  }

  async #cached(key: readonly unknown[], load: () => Promise<Release | undefined>) {
    const name = JSON.stringify(key);
    const entry = this.#cache.get(name);
    if (entry && Date.now() - entry.at < MAX_AGE_MS) return entry.release;
    const release = load().then(
      (found) => (found?.input ? found : undefined),
      () => undefined,
    );
    this.#cache.set(name, { at: Date.now(), release });
    const found = await release;
    if (!found) this.#cache.delete(name);
    return found;
  }
}

function pathOf(model: string): string {
  return `/v1/models/${encodeURIComponent(model)}`;
}

/** Compares only what the pixels depend on. The endpoint applies mean and standard deviation. */
export function sameInput(one: InputContract, other: InputContract): boolean {
  return (['height', 'width', 'channels', 'fit'] as const).every((member) => one[member] === other[member]);
}
