/** One call to the endpoint, with its retries. */
import {
  AnswerError,
  BadRequestError,
  ConnectionError,
  type GlimpseError,
  responseError,
  TimeoutError,
} from './errors.ts';
import { backoffMs, isRetryable, parseRetryAfter } from './retry.ts';

export interface ConnectionOptions {
  /** Address of the endpoint: `https://glimpse.example.com`. */
  readonly endpoint: string | URL;
  /** Sent only as `Authorization: Bearer`. In a web page, use a publishable key. */
  readonly key?: string;
  /** `X-Client-Id`: pins a caller without its own key to one side of a canary. */
  readonly clientId?: string;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Retries after a busy endpoint or a network error; default 2, at most 10. */
  readonly retries?: number;
  /** Milliseconds for a call, including its retries; default 60,000. */
  readonly timeout?: number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Relative to the endpoint, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Not a stream, because retries send it again. */
  readonly body?: BodyInit;
  readonly signal?: AbortSignal | undefined;
}

const MAX_RETRIES = 10;

export class Connection {
  readonly fetch: typeof fetch;
  readonly #endpoint: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #retries: number;
  readonly #timeout: number;

  /** @throws {BadRequestError} `endpoint-invalid`, `option-invalid` */
  constructor({ endpoint, key, clientId, fetch: given, retries = 2, timeout = 60_000 }: ConnectionOptions) {
    // As text, because React Native's URL is incomplete.
    const address = String(endpoint).replace(/\/+$/, '');
    if (!/^https?:\/\/[^/?#@]+(\/[^?#]*)?$/i.test(address)) {
      throw new BadRequestError('endpoint-invalid', 'endpoint must be a URL such as https://glimpse.example.com.');
    }
    if (!(Number.isInteger(retries) && retries >= 0 && retries <= MAX_RETRIES)) {
      throw new BadRequestError('option-invalid', `retries must be an integer from 0 to ${MAX_RETRIES}.`);
    }
    if (!(timeout > 0))
      throw new BadRequestError('option-invalid', 'timeout must be a number of milliseconds above 0.');
    // fetch would reject such a header with a message that repeats the key.
    if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
      throw new BadRequestError('option-invalid', 'key contains a space or a line break.');
    }
    this.#endpoint = address;
    this.#headers = {
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(clientId === undefined ? {} : { 'X-Client-Id': clientId }),
    };
    // Looked up at each call, and called without `this`: browsers' fetch requires the window.
    this.fetch = (...args) => (given ?? fetch)(...args);
    this.#retries = retries;
    this.#timeout = timeout;
  }

  /**
   * @returns the parsed JSON; undefined if there is no body
   * @throws {GlimpseError}
   * @throws the signal's reason, if it aborts
   */
  async call(call: Call): Promise<unknown> {
    const { signal } = call;
    if (signal?.aborted) throw reasonOf(signal);
    const controller = new AbortController();
    const end = () => controller.abort();
    signal?.addEventListener('abort', end);
    const started = Date.now();
    const timer = setTimeout(end, this.#timeout);
    try {
      for (let attempt = 0; ; attempt++) {
        const outcome = await this.#try(call, controller.signal);
        if (signal?.aborted) throw reasonOf(signal);
        if (controller.signal.aborted) throw this.#timedOut('error' in outcome ? outcome.error : undefined);
        if ('answer' in outcome) return outcome.answer;
        const { error } = outcome;
        if (attempt >= this.#retries || !isRetryable(error)) throw error;
        const wait = backoffMs(attempt + 1, error.retryAfter);
        if (Date.now() - started + wait > this.#timeout) throw error;
        await pause(wait, controller.signal);
        if (signal?.aborted) throw reasonOf(signal);
      }
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  }

  async #try(
    { method, path, headers, body }: Call,
    signal: AbortSignal,
  ): Promise<{ readonly answer: unknown } | { readonly error: GlimpseError }> {
    let response: Response;
    let text: string;
    try {
      response = await this.fetch(this.#endpoint + path, {
        method,
        headers: { ...headers, ...this.#headers },
        // The API needs no cookies, and CORS does not allow `*` with them.
        credentials: 'omit',
        signal,
        ...(body === undefined ? {} : { body }),
      });
      text = await response.text();
    } catch (cause) {
      const message = `No response from ${this.#endpoint}: no network, a wrong address, or it refuses this origin.`;
      return { error: new ConnectionError('unreachable', message, { cause }) };
    }
    const requestId = response.headers.get('X-Request-Id') ?? undefined;
    if (!response.ok) {
      const retryAfter = parseRetryAfter(response.headers.get('Retry-After'), Date.now());
      return { error: responseError({ status: response.status, text, requestId, retryAfter }) };
    }
    if (text === '') return { answer: undefined };
    try {
      return { answer: JSON.parse(text) };
    } catch {
      const message = `${this.#endpoint} did not answer with JSON. Is it a Glimpse endpoint?`;
      return { error: new AnswerError('answer-invalid', message, { status: response.status, requestId }) };
    }
  }

  #timedOut(cause: GlimpseError | undefined): TimeoutError {
    return new TimeoutError('timeout', `No answer within ${this.#timeout} ms.`, { cause });
  }
}

/** Older engines abort without a reason. */
function reasonOf(signal: AbortSignal): unknown {
  if (signal.reason !== undefined) return signal.reason;
  const error = new Error('The call was aborted.');
  error.name = 'AbortError';
  return error;
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
