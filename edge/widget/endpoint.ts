/** The Worker, as the widget uses it: a picture in, an answer out; and what was really on it. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { ModelDescription, ModelList } from '@glimpse/shared/api/models';
import { RAW_PIXELS_TYPE } from '@glimpse/shared/api/raw-pixels';
import type { InputContract } from '@glimpse/shared/picture/input-contract';
import { callsTo, Refusal } from './calls.ts';
import type { Device } from './device/device.ts';
import { photoPixels } from './photo-pixels.ts';

export interface AskOptions {
  readonly signal: AbortSignal;
  readonly topK: number | undefined;
  readonly model: string | undefined;
  /** `auto` sends a photo as the few pixels that the model sees; `original` sends the file as it is. */
  readonly upload: 'auto' | 'original';
}

/** Which release answers, and what it takes. */
interface Known {
  readonly model: string;
  readonly version: string;
  readonly input: InputContract;
}

/** A file that is no more than so many times its pixels is sent as it is. */
const WORTHWHILE = 2;

export class Endpoint {
  readonly #call: ReturnType<typeof callsTo>;
  /** By the name that was asked for. */
  readonly #known = new Map<string | undefined, Promise<Known | undefined>>();
  /** By the id of the answer: the bytes that it was given for. */
  #sent: { readonly id: string; readonly body: Blob } | undefined;

  readonly #address: string;
  #device: Promise<Device> | undefined;

  /** @param address of the Worker, @param key publishable */
  constructor(address: string, key: string | undefined) {
    this.#address = address;
    this.#call = callsTo(address, key);
  }

  /** The same in this browser, by the releases of the Worker; its code is loaded when it is first asked for. */
  device(): Promise<Device> {
    this.#device ??= import('./device/device.ts').then(
      ({ Device }) => new Device(this.#address, this.#call, photoPixels),
    );
    this.#device.catch(() => {
      this.#device = undefined;
    });
    return this.#device;
  }

  async classify(picture: Blob, options: AskOptions): Promise<ClassifyAnswer> {
    const small = options.upload === 'auto' ? await this.#classifySmall(picture, options) : undefined;
    return small ?? this.#send(picture, options);
  }

  /** All labels that the model knows, in its order. */
  async labels(model: string): Promise<readonly string[]> {
    return (await this.#describe(model)).release?.labels ?? [];
  }

  /** @param consent to keep what was sent: the picture, or the few pixels of it */
  async correct(answerId: string, label: string, consent: boolean): Promise<void> {
    const sent = consent && this.#sent?.id === answerId ? this.#sent.body : undefined;
    const picture = sent && { image: await base64(sent), consent: true };
    await this.#call('/v1/feedback', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id: answerId, label, ...picture }),
    });
  }

  /** @returns undefined where the picture is better sent as it is */
  async #classifySmall(picture: Blob, options: AskOptions): Promise<ClassifyAnswer | undefined> {
    const known = await this.#find(options.model);
    options.signal.throwIfAborted();
    if (!known || picture.size <= known.input.height * known.input.width * known.input.channels * WORTHWHILE) {
      return undefined;
    }
    const photo = await photoPixels(picture, known.input);
    options.signal.throwIfAborted();
    if (!photo) return undefined;
    const body = new Blob([photo.pixels], { type: RAW_PIXELS_TYPE });
    let answer: ClassifyAnswer;
    try {
      answer = await this.#send(body, options);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'pixels-wrong-length')) throw error;
      // Another release has come meanwhile, and takes another size.
      this.#known.delete(options.model);
      return undefined;
    }
    if (answer.model.version === known.version) return answer;
    // Or it takes the same size, but cut or coloured in another way.
    this.#known.delete(options.model);
    const { name, version } = answer.model;
    const response = await this.#call(`/v1/models/${name}/releases/${version}`, { signal: options.signal });
    const { input } = (await response.json()) as Known;
    return sameTarget(input, known.input) ? answer : undefined;
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

  /** @returns undefined where the Worker does not say: it may still answer, as a key need not allow both */
  #find(model: string | undefined): Promise<Known | undefined> {
    let known = this.#known.get(model);
    if (!known) {
      known = this.#ask(model).catch(() => {
        this.#known.delete(model);
        return undefined;
      });
      this.#known.set(model, known);
    }
    return known;
  }

  async #ask(model: string | undefined): Promise<Known | undefined> {
    const list = model ? undefined : ((await (await this.#call('/v1/models')).json()) as ModelList);
    const { release } = await this.#describe(model ?? list!.default);
    return release ?? undefined;
  }

  async #describe(model: string): Promise<ModelDescription> {
    return (await this.#call(`/v1/models/${encodeURIComponent(model)}`)).json();
  }
}

/** What the pixels depend on; mean and deviation are the Worker's own matter. */
function sameTarget(one: InputContract, other: InputContract): boolean {
  return (['height', 'width', 'channels', 'fit'] as const).every((side) => one[side] === other[side]);
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
