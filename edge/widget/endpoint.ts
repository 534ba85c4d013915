/** The Worker, as the widget uses it: an image in, an answer out; and what was really on it. */
import { classifyPixels, isWorthResizing, Releases, resizeFile } from '@glimpse/client/resize';
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { ModelDescription } from '@glimpse/shared/api/models';
import { RAW_PIXELS_TYPE } from '@glimpse/shared/api/raw-pixels';
import { callsTo } from './calls.ts';
import type { Device } from './device/device.ts';

export interface AskOptions {
  readonly signal: AbortSignal;
  readonly topK: number | undefined;
  readonly model: string | undefined;
  /** `auto` sends a photo as the few pixels that the model sees; `original` sends the file as it is. */
  readonly upload: 'auto' | 'original';
}

export class Endpoint {
  readonly #call: ReturnType<typeof callsTo>;
  readonly #releases: Releases;
  /** By the id of the answer: the bytes that it was given for. */
  #sent: { readonly id: string; readonly body: Blob } | undefined;

  readonly #address: string;
  #device: Promise<Device> | undefined;

  /** @param address of the Worker, @param key publishable */
  constructor(address: string, key: string | undefined) {
    this.#address = address;
    this.#call = callsTo(address, key);
    this.#releases = new Releases(async (path) => (await this.#call(path)).json());
  }

  /** The same in this browser, by the releases of the Worker; its code is loaded when it is first asked for. */
  device(): Promise<Device> {
    this.#device ??= import('./device/device.ts').then(
      ({ Device }) => new Device(this.#address, this.#call, resizeFile),
    );
    this.#device.catch(() => {
      this.#device = undefined;
    });
    return this.#device;
  }

  async classify(image: Blob, options: AskOptions): Promise<ClassifyAnswer> {
    const { upload, signal, model } = options;
    // An empty attribute names no model.
    const choice = { model: model || undefined };
    const small =
      upload === 'auto' &&
      (await classifyPixels(
        this.#releases,
        choice,
        async (input) => (isWorthResizing(image, input) ? (await resizeFile(image, input))?.pixels : undefined),
        (pixels) => this.#send(new Blob([pixels], { type: RAW_PIXELS_TYPE }), options),
      ));
    signal.throwIfAborted();
    return small || this.#send(image, options);
  }

  /** All labels that the model knows, in its order. */
  async labels(model: string): Promise<readonly string[]> {
    const response = await this.#call(`/v1/models/${encodeURIComponent(model)}`);
    return ((await response.json()) as ModelDescription).release?.labels ?? [];
  }

  /** @param consent to keep what was sent: the image, or the few pixels of it */
  async correct(answerId: string, label: string, consent: boolean): Promise<void> {
    const sent = consent && this.#sent?.id === answerId ? this.#sent.body : undefined;
    const image = sent && { image: await base64(sent), consent: true };
    await this.#call('/v1/feedback', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id: answerId, label, ...image }),
    });
  }

  async #send(body: Blob, { signal, topK, model }: AskOptions): Promise<ClassifyAnswer> {
    const query = new URLSearchParams();
    if (topK !== undefined && !Number.isNaN(topK)) query.set('top_k', String(topK));
    if (model) query.set('model', model);
    const response = await this.#call(`/v1/classify?${query}`, { method: 'POST', body, signal });
    const answer = (await response.json()) as ClassifyAnswer;
    this.#sent = { id: answer.id, body };
    return answer;
  }
}

/** With a `data:` prefix, as the API takes it too. */
function base64(body: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(body);
  });
}
