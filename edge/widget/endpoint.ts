/** The widget's calls to the Worker's API: classify, list labels, send feedback. */
import { classifyPixels, isWorthResizing, Releases, resizeFile } from '@glimpse/client/resize';
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { ModelDescription } from '@glimpse/shared/api/models';
import { RAW_PIXELS_TYPE } from '@glimpse/shared/api/raw-pixels';
import type { Device } from './device/device.ts';

/** The Worker answered with an error status. */
class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** The problem code; undefined if the response is not from the Worker. */
  readonly code: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(status: number, problem: { code?: unknown; detail?: unknown }, retryAfter: string | null) {
    super(typeof problem.detail === 'string' ? problem.detail : `HTTP ${status}`);
    this.status = status;
    this.code = typeof problem.code === 'string' ? problem.code : undefined;
    const seconds = Number.parseInt(retryAfter ?? '', 10);
    this.retryAfter = Number.isNaN(seconds) ? undefined : seconds;
  }
}

/** A request to the Worker, with the key. Throws an ApiError, or what `fetch` throws if there is no response. */
export type Call = (path: string, init?: RequestInit) => Promise<Response>;

function callsTo(address: string, key: string | undefined): Call {
  return async (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (key) headers.set('Authorization', `Bearer ${key}`);
    const response = await fetch(new URL(path, address), { credentials: 'omit', ...init, headers });
    if (response.ok) return response;
    throw new ApiError(response.status, await response.json().catch(() => ({})), response.headers.get('Retry-After'));
  };
}

export interface ClassifyOptions {
  readonly signal: AbortSignal;
  readonly topK: number | undefined;
  readonly model: string | undefined;
  /** `auto`: resize a photo to the model's input; `original`: send the file unchanged. */
  readonly upload: 'auto' | 'original';
}

export class Endpoint {
  readonly #call: Call;
  readonly #releases: Releases;
  /** What was sent for the last answer, for feedback with consent. */
  #sent: { readonly id: string; readonly body: Blob } | undefined;

  readonly #address: string;
  #device: Promise<Device> | undefined;

  /**
   * @param address URL of the Worker
   * @param key publishable key
   */
  constructor(address: string, key: string | undefined) {
    this.#address = address;
    this.#call = callsTo(address, key);
    this.#releases = new Releases(async (path) => (await this.#call(path)).json());
  }

  /** Classification in this browser. Its code is loaded on first use. */
  device(): Promise<Device> {
    this.#device ??= import('./device/device.ts').then(
      ({ Device }) => new Device(this.#address, this.#call, resizeFile),
    );
    this.#device.catch(() => {
      this.#device = undefined;
    });
    return this.#device;
  }

  async classify(image: Blob, options: ClassifyOptions): Promise<ClassifyAnswer> {
    const { upload, signal, model } = options;
    // An empty attribute means the default model.
    const selector = { model: model || undefined };
    const small =
      upload === 'auto' &&
      (await classifyPixels(
        this.#releases,
        selector,
        async (input) => (isWorthResizing(image, input) ? (await resizeFile(image, input))?.pixels : undefined),
        (pixels) => this.#send(new Blob([pixels], { type: RAW_PIXELS_TYPE }), options),
      ));
    signal.throwIfAborted();
    return small || this.#send(image, options);
  }

  /** All labels of the model, in its order. */
  async labels(model: string): Promise<readonly string[]> {
    const response = await this.#call(`/v1/models/${encodeURIComponent(model)}`);
    return ((await response.json()) as ModelDescription).release?.labels ?? [];
  }

  /** @param consent include the image as it was sent: the file, or its resized pixels */
  async sendFeedback(answerId: string, label: string, consent: boolean): Promise<void> {
    const sent = consent && this.#sent?.id === answerId ? this.#sent.body : undefined;
    const image = sent && { image: await dataUrl(sent), consent: true };
    await this.#call('/v1/feedback', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id: answerId, label, ...image }),
    });
  }

  async #send(body: Blob, { signal, topK, model }: ClassifyOptions): Promise<ClassifyAnswer> {
    const query = new URLSearchParams();
    if (topK !== undefined && !Number.isNaN(topK)) query.set('top_k', String(topK));
    if (model) query.set('model', model);
    const response = await this.#call(`/v1/classify?${query}`, { method: 'POST', body, signal });
    const answer = (await response.json()) as ClassifyAnswer;
    this.#sent = { id: answer.id, body };
    return answer;
  }
}

/** A `data:` URL, which the API accepts as base64. */
function dataUrl(body: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(body);
  });
}
