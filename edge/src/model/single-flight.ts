/**
 * Work that one request does and others wait for. The runtime may end the request that does it, and then its promise
 * never settles, or fails with an error of workerd's own: so the work is kept alive beyond its request, and who waits in
 * vain does it anew.
 */
import { TIMED_OUT, withTimeout } from '../body/deadline.ts';

/** Keeps a promise alive when the client of the request has left: a Worker's execution context. */
export interface WaitUntil {
  waitUntil(promise: Promise<unknown>): void;
}

export interface SingleFlightOptions {
  /** Milliseconds from its start after which work of another request counts as lost. */
  readonly patienceMs?: number;
  /** Milliseconds in which a failure is answered from memory, so that a broken store is not hammered. */
  readonly rememberMs?: (error: unknown, failuresInARow: number) => number;
  /** Called once for each attempt that failed. */
  readonly onFailure: (error: unknown) => void;
}

/** A load takes a tenth of a second where the store is near, and two or three where it is not. */
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

  /** Joins the work that is going on, or starts it. */
  async run(work: () => Promise<T>, keeper: WaitUntil): Promise<T> {
    for (;;) {
      if (this.#failure && Date.now() < this.#failure.until) throw this.#failure.error;
      const running = this.#running;
      if (!running) return this.#start(work, keeper);
      try {
        const outcome = await withTimeout(running.startedAt + this.#options.patienceMs - Date.now(), running.promise);
        if (outcome !== TIMED_OUT) return outcome;
      } catch (error) {
        // Workerd may notice that the request behind the promise has ended, and says so with an error of its own. Where
        // the work itself has failed, it is no longer what is running.
        if (this.#running !== running) throw error;
      }
      // Unless another of those who waited has taken it on.
      if (this.#running === running) return this.#start(work, keeper);
    }
  }

  #start(work: () => Promise<T>, keeper: WaitUntil): Promise<T> {
    const promise = work();
    const running = { promise, startedAt: Date.now() };
    this.#running = running;
    const ended = () => {
      if (this.#running === running) this.#running = undefined;
    };
    keeper.waitUntil(
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
