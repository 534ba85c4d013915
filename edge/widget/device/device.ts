/**
 * Classification in the page itself: the same release, the same runner and the same pixels as at the edge. Loaded only
 * where an element has `mode="device"`.
 */
import type { Resized, Target } from '@glimpse/client/resize';
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { ModelList } from '@glimpse/shared/api/models';
import { topClasses } from '@glimpse/shared/model/network/predictions';
import type { Call } from '../calls.ts';
import type { AskOptions } from '../endpoint.ts';
import { startBackend } from './backend.ts';
import { KeptFiles } from './kept-files.ts';
import { OnDeviceModel } from './on-device-model.ts';

/** As the Worker gives where none is asked for. */
const DEFAULT_TOP_K = 5;

/** An image → the pixels that a model sees; undefined where the browser does not decode it. */
type PixelsOf = (image: Blob, target: Target) => Promise<Resized | undefined>;

export class Device {
  readonly #address: string;
  readonly #call: Call;
  readonly #resize: PixelsOf;
  readonly #kept = new KeptFiles();
  readonly #models = new Map<string, OnDeviceModel>();

  /**
   * @param address of the endpoint that has the releases, and the calls to it
   * @param pixelsOf `resizeFile` of the widget's own module: imported here, it would be cut out of that one into a third,
   *   which no integrity hash covers
   */
  constructor(address: string, call: Call, pixelsOf: PixelsOf) {
    this.#address = address;
    this.#call = call;
    this.#resize = pixelsOf;
  }

  /** @throws {Error} with a message that says, for a developer, why it is not possible here */
  async classify(image: Blob, { signal, topK, model: asked }: AskOptions): Promise<ClassifyAnswer> {
    await startBackend(this.#kept);
    const name = asked || (await this.#defaultModel());
    const model = this.#models.get(name) ?? new OnDeviceModel(this.#call, this.#kept, this.#address, name);
    this.#models.set(name, model);
    const { manifest, classifier } = await model.current();
    const photo = await this.#resize(image, manifest.input);
    signal.throwIfAborted();
    if (!photo) throw new Error('This browser does not decode the image.');
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
      await this.#kept.write(address, name);
      return name;
    } catch (error) {
      const kept = await this.#kept.read(address);
      if (!kept) throw error;
      return new TextDecoder().decode(kept);
    }
  }
}
