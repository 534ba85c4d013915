/** Waiting with an end to it. In workerd a promise of another request may never settle, so nothing waits without. */

export const TIMED_OUT = Symbol('timed out');

/** The promise's outcome, or `TIMED_OUT` after so many milliseconds; the promise itself goes on. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | typeof TIMED_OUT> {
  const deadline = new Deadline(Math.max(0, milliseconds));
  try {
    return await deadline.of(promise);
  } finally {
    deadline.end();
  }
}

/** For several promises, one after the other, with one timer: each one's outcome, or `TIMED_OUT` once all of the time is over. */
export class Deadline {
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #timeout: Promise<typeof TIMED_OUT>;

  constructor(milliseconds: number) {
    const { promise, resolve } = Promise.withResolvers<typeof TIMED_OUT>();
    this.#timeout = promise;
    this.#timer = setTimeout(() => resolve(TIMED_OUT), milliseconds);
  }

  of<T>(promise: Promise<T>): Promise<T | typeof TIMED_OUT> {
    return Promise.race([promise, this.#timeout]);
  }

  /** Belongs into a `finally`. */
  end(): void {
    clearTimeout(this.#timer);
  }
}

/** The promise's outcome, or the signal's reason as soon as there is one; the promise itself goes on. */
export async function raceAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  // Nobody may be listening by then.
  aborted.catch(() => {});
  promise.catch(() => {});
  signal.throwIfAborted();
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
