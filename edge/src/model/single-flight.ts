/**
 * Work that one request does and others wait for. If the runtime ends that request, its promise never settles, or fails with
 * an error of workerd. So the work is kept alive beyond its request, and a request that waits too long starts it again.
 */
import { TIMED_OUT, withTimeout } from '../body/deadline.ts';

/** Keeps a promise alive after the client has disconnected: a Worker's execution context. */
export interface WaitUntil {
  waitUntil(promise: Promise<unknown>): void;
}

export interface SingleFlightOptions {
  /** Milliseconds after which another request's work counts as lost. */
  readonly patienceMs?: number;
  /** Milliseconds for which a failure is cached, so that a failing store is not flooded. */
  readonly rememberMs?: (error: unknown, failuresInARow: number) => number;
  /** Called once for each failed attempt. */
  readonly onFailure: (error: unknown) => void;
}

/** A load takes a tenth of a second from a nearby store, two or three seconds from a distant one. */
const PATIENCE_MS = 5_000;
const REMEMBER_MS = 1_000;

export class SingleFlight<T> {
  readonly #options: Required<SingleFlightOptions>;
  #running: { readonly promise: Promise<T>; readonly startedAt: number } | undefined;
  #failure: { readonly error: unknown; readonly until: number } | undefined;
  #failuresInARow = 0;

  constructor(options: SingleFlightOptions) {
    this.#options = { patienceMs: PATIENCE_MS, rememberMs: () => REMEMBER_MS, ...options };
  }

  /** Joins the running work, or starts it. */
  async run(work: () => Promise<T>, context: WaitUntil): Promise<T> {
    for (;;) {
      if (this.#failure && Date.now() < this.#failure.until) throw this.#failure.error;
      const running = this.#running;
      if (!running) return this.#start(work, context);
      try {
        const outcome = await withTimeout(running.startedAt + this.#options.patienceMs - Date.now(), running.promise);
        if (outcome !== TIMED_OUT) return outcome;
      } catch (error) {
        // If the work itself failed, it is no longer `#running`. Otherwise the error is workerd's, because the request that
        // did the work has ended.
        if (this.#running !== running) throw error;
      }
      // Unless another waiting request has started it.
      if (this.#running === running) return this.#start(work, context);
    }
  }

  #start(work: () => Promise<T>, context: WaitUntil): Promise<T> {
    const promise = work();
    const running = { promise, startedAt: Date.now() };
    this.#running = running;
    const ended = () => {
      if (this.#running === running) this.#running = undefined;
    };
    context.waitUntil(
      promise.then(
        () => {
          ended();
          this.#failure = undefined;
          this.#failuresInARow = 0;
        },
        (error) => {
          ended();
          this.#failure = { error, until: Date.now() + this.#options.rememberMs(error, ++this.#failuresInARow) };
          this.#options.onFailure(error);
        },
      ),
    );
    return promise;
  }
}
