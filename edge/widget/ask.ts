/** How the widget gets its answers: the one place that knows who gives them. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';

export interface AskOptions {
  readonly signal: AbortSignal;
  readonly topK: number | undefined;
  readonly model: string | undefined;
  /** `auto` sends a big photo as the few pixels that the model sees; `original` sends the file as it is. */
  readonly upload: 'auto' | 'original';
}

export interface Correction {
  /** Of the answer that was wrong. */
  readonly id: string;
  readonly label: string;
  /** Only with consent. */
  readonly picture: Blob | undefined;
}

export interface Endpoint {
  classify(picture: Blob, options: AskOptions): Promise<ClassifyAnswer>;
  /** All labels that the model knows, in its order. */
  labels(model: string): Promise<readonly string[]>;
  correct(correction: Correction): Promise<void>;
}

/** @param address of the Worker, @param key publishable */
export function endpointAt(address: string, key: string | undefined): Endpoint {
  const call = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(new URL(path, address), {
      ...init,
      headers: { ...init.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) },
    });
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
    throw Object.assign(new Error(body.detail ?? `HTTP ${response.status}`), {
      status: response.status,
      code: body.code,
      ...(Number.isFinite(retryAfter) ? { retryAfter } : {}),
    });
  };
  return {
    classify(picture, { signal, topK, model }) {
      const query = new URLSearchParams();
      if (topK !== undefined) query.set('top_k', String(topK));
      if (model !== undefined) query.set('model', model);
      return call(`/v1/classify?${query}`, { method: 'POST', body: picture, signal });
    },
    labels: async (model) => (await call(`/v1/models/${model}`)).release?.labels ?? [],
    async correct({ id, label, picture }) {
      const consented = picture && { image: await dataUrl(picture), consent: true };
      await call('/v1/feedback', {
        method: 'POST',
        body: JSON.stringify({ id, label, ...consented }),
        headers: { 'Content-Type': 'application/json' },
      });
    },
  };
}

/** `data:image/png;base64,…` */
function dataUrl(picture: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(picture);
  });
}
