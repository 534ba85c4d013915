/** One call to the endpoint, with its further tries. */
import { AnswerError } from './errors/answer-error.ts';
import { BadRequestError } from './errors/bad-request-error.ts';
import { ConnectionError } from './errors/connection-error.ts';
import { errorOf } from './errors/error-of.ts';
import type { GlimpseError } from './errors/glimpse-error.ts';
import { TimeoutError } from './errors/timeout-error.ts';
import { backoffMs, isRetryable, secondsOf } from './retry.ts';

export interface ConnectionOptions {
  /** Address of the endpoint: `https://glimpse.example.com`. */
  readonly endpoint: string | URL;
  /** Sent as `Authorization: Bearer`, and nowhere else. In a page, a publishable one. */
  readonly key?: string;
  /** Stays the same for a caller without a key of his own, so that a canary keeps to him: `X-Client-Id`. */
  readonly clientId?: string;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Further tries of a call that met a busy endpoint or no network; default 2, at most 10. */
  readonly retries?: number;
  /** Milliseconds for a call with all of its tries; default 60,000. */
  readonly timeout?: number;
}

export interface Call {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the endpoint, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Can be sent several times, so no stream. */
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
    // By text: React Native's URL knows half of the standard.
    const address = String(endpoint).replace(/\/+$/, '');
    if (!/^https?:\/\/[^/?#@]+(\/[^?#]*)?$/i.test(address)) {
      throw new BadRequestError('endpoint-invalid', 'The endpoint is an address such as https://glimpse.example.com.');
    }
    if (!(Number.isInteger(retries) && retries >= 0 && retries <= MAX_RETRIES)) {
      throw new BadRequestError('option-invalid', `retries is a whole number from 0 to ${MAX_RETRIES}.`);
    }
    if (!(timeout > 0)) throw new BadRequestError('option-invalid', 'timeout is a number of milliseconds above 0.');
    // The header would be refused with a message that repeats it.
    if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
      throw new BadRequestError('option-invalid', 'The key holds a blank or a line end.');
    }
    this.#endpoint = address;
    this.#headers = {
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(clientId === undefined ? {} : { 'X-Client-Id': clientId }),
    };
    // Looked up at each call, and called without an owner: browsers' fetch wants to be the window's.
    this.fetch = (...of) => (given ?? fetch)(...of);
    this.#retries = retries;
    this.#timeout = timeout;
  }

  /**
   * @returns what the JSON answer holds; undefined where there is no body
   * @throws {GlimpseError} @throws the signal's reason, when it aborts
   */
  async call(call: Call): Promise<unknown> {
    const { signal } = call;
    if (signal?.aborted) throw reasonOf(signal);
    const ender = new AbortController();
    const end = () => ender.abort();
    signal?.addEventListener('abort', end);
    const started = Date.now();
    const timer = setTimeout(end, this.#timeout);
    try {
      for (let attempt = 0; ; attempt++) {
        const outcome = await this.#try(call, ender.signal);
        if (signal?.aborted) throw reasonOf(signal);
        if (ender.signal.aborted) throw this.#timedOut('error' in outcome ? outcome.error : undefined);
        if ('answer' in outcome) return outcome.answer;
        const { error } = outcome;
        if (attempt >= this.#retries || !isRetryable(error)) throw error;
        const wait = backoffMs(attempt + 1, error.retryAfter);
        if (Date.now() - started + wait > this.#timeout) throw error;
        await pause(wait, ender.signal);
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
        // Cookies are none of the API's business, and with them `*` would not do for CORS.
        credentials: 'omit',
        signal,
        ...(body === undefined ? {} : { body }),
      });
      text = await response.text();
    } catch (cause) {
      const message = `No answer from ${this.#endpoint}: no network, a wrong address, or it refuses this origin.`;
      return { error: new ConnectionError('unreachable', message, { cause }) };
    }
    const requestId = response.headers.get('X-Request-Id') ?? undefined;
    if (!response.ok) {
      const retryAfter = secondsOf(response.headers.get('Retry-After'), Date.now());
      return { error: errorOf({ status: response.status, text, requestId, retryAfter }) };
    }
    if (text === '') return { answer: undefined };
    try {
      return { answer: JSON.parse(text) };
    } catch {
      const message = `${this.#endpoint} answered no JSON: is it a Glimpse endpoint?`;
      return { error: new AnswerError('answer-invalid', message, { status: response.status, requestId }) };
    }
  }

  #timedOut(cause: GlimpseError | undefined): TimeoutError {
    return new TimeoutError('timeout', `There was no answer within ${this.#timeout} ms.`, { cause });
  }
}

/** Old engines abort without a reason. */
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
