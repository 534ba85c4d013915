/**
 * Classification in the browser, with the same release, runner and pixels as at the edge. Loaded only for
 * `mode="device"`.
 */
import type { Resized, Target } from '@glimpse/client/resize';
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { ModelList } from '@glimpse/shared/api/models';
import { topClasses } from '@glimpse/shared/model/network/predictions';
import type { Call, ClassifyOptions } from '../endpoint.ts';
import { startBackend } from './backend.ts';
import { FileCache } from './file-cache.ts';
import { OnDeviceModel } from './on-device-model.ts';

/** The Worker's default. */
const DEFAULT_TOP_K = 5;

/** An image → the pixels that a model sees; undefined if the browser cannot decode it. */
type Resize = (image: Blob, target: Target) => Promise<Resized | undefined>;

export class Device {
  readonly #address: string;
  readonly #call: Call;
  readonly #resize: Resize;
  readonly #cache = new FileCache();
  readonly #models = new Map<string, OnDeviceModel>();

  /**
   * @param address URL of the endpoint
   * @param resize `resizeFile` from the widget's module. If this module imported it, the bundler would move it to a third
   *   module, which no integrity hash covers.
   */
  constructor(address: string, call: Call, resize: Resize) {
    this.#address = address;
    this.#call = call;
    this.#resize = resize;
  }

  /** @throws {Error} whose message tells a developer why it is not possible here */
  async classify(image: Blob, { signal, topK, model: requested }: ClassifyOptions): Promise<ClassifyAnswer> {
    await startBackend(this.#cache);
    const name = requested || (await this.#defaultModel());
    const model = this.#models.get(name) ?? new OnDeviceModel(this.#call, this.#cache, this.#address, name);
    this.#models.set(name, model);
    const { manifest, classifier } = await model.current();
    const photo = await this.#resize(image, manifest.input);
    signal.throwIfAborted();
    if (!photo) throw new Error('This browser cannot decode the image.');
    const { labels, rejectionThreshold } = manifest;
    const count = Math.min(topK || DEFAULT_TOP_K, labels.length);
    const predictions = topClasses(classifier.classify(photo.pixels), count).map(({ index, score }) => ({
      label: labels[index]!,
      index,
      score,
    }));
    return {
      id: '',
      model: { name, version: manifest.version, channel: 'stable' },
      predictions,
      ...(rejectionThreshold === undefined ? {} : { uncertain: predictions[0]!.score < rejectionThreshold }),
      image: { format: manifest.input.channels === 3 ? 'rgb8' : 'grey8', width: photo.width, height: photo.height },
    };
  }

  async #defaultModel(): Promise<string> {
    const address = new URL('/v1/models', this.#address).href;
    try {
      const { default: name } = (await (await this.#call('/v1/models')).json()) as ModelList;
      await this.#cache.write(address, name);
      return name;
    } catch (error) {
      const cached = await this.#cache.read(address);
      if (!cached) throw error;
      return new TextDecoder().decode(cached);
    }
  }
}
