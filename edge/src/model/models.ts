/** All models that an isolate serves. */
import { Problem } from '@glimpse/shared/api/problems';
import type { Channels } from '@glimpse/shared/release/channels';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import type { StoredObject } from '@glimpse/shared/store/object-store';
import type { ByteRange } from '../body/byte-range.ts';
import { ModelNameLimiter } from './model-name-limiter.ts';
import { type ReleaseSelector, versionOf } from './release-selector.ts';
import { type CanaryState, type ModelLease, ServedModel, type ServedModelOptions } from './served-model.ts';
import type { WaitUntil } from './single-flight.ts';

/** Models that are kept, including names that do not exist in the store. */
const MAX_MODELS = 64;

export class Models {
  readonly #options: ServedModelOptions;
  readonly #models = new Map<string, ServedModel>();
  readonly #names: ModelNameLimiter;

  constructor(options: ServedModelOptions) {
    this.#options = options;
    this.#names = new ModelNameLimiter(options);
  }

  /**
   * The network for a request; loads it if necessary. The caller releases the lease.
   *
   * @throws as `ServedModel.acquire`
   */
  acquire(selector: ReleaseSelector, context: WaitUntil): Promise<ModelLease> {
    const { model } = selector;
    return this.#model(model ?? this.#options.defaultModel).acquire(selector, model !== undefined, context);
  }

  /** Of a model that has been acquired; undefined if it has no canary that callers get without naming it. */
  canary(model: string): CanaryState | undefined {
    return this.#models.get(model)?.canary();
  }

  /** @throws as `acquire` */
  channels(model: string, context: WaitUntil): Promise<Channels> {
    return this.#model(model).channels(context);
  }

  /** The answer of `GET /v1/models`. Folders without a channels.json are omitted: they cannot be served. */
  async list(context: WaitUntil): Promise<{ name: string; channels: Record<string, { version: string }> }[]> {
    const names = (await this.#names.names(context)).slice(0, MAX_MODELS);
    const models = await Promise.all(
      names.map(async (name) => {
        try {
          const { channels } = await this.channels(name, context);
          return [{ name, channels }];
        } catch (error) {
          if (error instanceof Problem) return [];
          // The model exists but cannot be read. The error is logged, and GET /v1/models/{name} reports it.
          return [{ name, channels: {} }];
        }
      }),
    );
    return models.flat();
  }

  /** Of a version that one of the model's channels names. */
  async manifest(model: string, version: string): Promise<Manifest> {
    return (await this.#model(model).manifest(version)).manifest;
  }

  /**
   * release.json of a version, parsed and as its bytes.
   *
   * @throws {Problem} model-unknown; version-unknown if no channel of the model names the version
   * @throws {ReleaseError} @throws {StoreError}
   */
  async release(
    model: string,
    version: string,
    context: WaitUntil,
  ): Promise<{ manifest: Manifest; object: StoredObject }> {
    versionOf(await this.channels(model, context), model, { version });
    return this.#model(model).manifest(version);
  }

  /**
   * A file of a release, as the store sends it. Unlike the files of a loaded network, it is not verified here.
   *
   * @throws {ReleaseError} if it is missing or has another size than the manifest says @throws {StoreError}
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

  #model(name: string): ServedModel {
    let model = this.#models.get(name);
    if (!model) {
      // Callers choose the names, so names without a model are dropped first.
      if (this.#models.size >= MAX_MODELS) {
        const names = [...this.#models];
        const [dropped] = names.find(([, { exists }]) => !exists) ?? names[0]!;
        this.#models.delete(dropped);
      }
      model = new ServedModel(name, this.#options, this.#names);
      this.#models.set(name, model);
    }
    return model;
  }
}
