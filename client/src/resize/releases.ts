/** Which release will answer, and what it eats: asked for once in a while. */
import type { InputContract, ModelDescription, ModelList } from '../answers.ts';

/** Milliseconds. Another release is noticed anyway, by its answer. */
const REMEMBERED = 60_000;

/** Which release is to answer. */
export interface Choice {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly channel?: string | undefined;
}

export interface Release {
  readonly version: string;
  readonly input: InputContract;
}

/** Asks the endpoint. */
export type Get = (path: string) => Promise<unknown>;

interface Known {
  readonly at: number;
  readonly release: Promise<Release | undefined>;
}

export class Releases {
  readonly #get: Get;
  readonly #known = new Map<string, Known>();

  constructor(get: Get) {
    this.#get = get;
  }

  /** @returns undefined where it cannot be had: then images are sent as they are */
  chosen({ model, version, channel }: Choice): Promise<Release | undefined> {
    return this.#remember([model, version, channel], async () => {
      const name = model ?? ((await this.#get('/v1/models')) as ModelList).default;
      if (version !== undefined) return this.of(name, version);
      const { channels, release } = (await this.#get(pathOf(name))) as ModelDescription;
      const named = channel === undefined ? release?.version : channels[channel]?.version;
      if (named === undefined) return undefined;
      return named === release?.version ? release : this.of(name, named);
    });
  }

  /** @returns undefined where it cannot be had */
  of(model: string, version: string): Promise<Release | undefined> {
    return this.#remember([model, version], async () => {
      return (await this.#get(`${pathOf(model)}/releases/${encodeURIComponent(version)}`)) as Release;
    });
  }

  forget(): void {
    this.#known.clear();
  }

  async #remember(of: readonly unknown[], ask: () => Promise<Release | undefined>) {
    const name = JSON.stringify(of);
    const known = this.#known.get(name);
    if (known && Date.now() - known.at < REMEMBERED) return known.release;
    const release = ask().then(
      (found) => (found?.input ? found : undefined),
      () => undefined,
    );
    this.#known.set(name, { at: Date.now(), release });
    const found = await release;
    if (!found) this.#known.delete(name);
    return found;
  }
}

function pathOf(model: string): string {
  return `/v1/models/${encodeURIComponent(model)}`;
}

/** What pixels depend on; mean and deviation are the endpoint's own matter. */
export function sameTarget(one: InputContract, other: InputContract): boolean {
  return (['height', 'width', 'channels', 'fit'] as const).every((side) => one[side] === other[side]);
}
