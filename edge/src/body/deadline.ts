/** Waiting with a time limit. In workerd a promise of another request may never settle, so nothing waits without one. */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';

export const TIMED_OUT = Symbol('timed out');

/** The promise's outcome, or `TIMED_OUT` after that many milliseconds. The promise itself goes on. */
export async function withTimeout<T>(milliseconds: number, promise: Promise<T>): Promise<T | typeof TIMED_OUT> {
  const deadline = new Deadline(Math.max(0, milliseconds));
  try {
    return await deadline.race(promise);
  } finally {
    deadline.clear();
  }
}

/** One time limit, and one timer, for several promises in sequence. */
export class Deadline {
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #timeout: Promise<typeof TIMED_OUT>;

  constructor(milliseconds: number) {
    const { promise, resolve } = Promise.withResolvers<typeof TIMED_OUT>();
    this.#timeout = promise;
    this.#timer = setTimeout(() => resolve(TIMED_OUT), milliseconds);
  }

  /** The promise's outcome, or `TIMED_OUT` once the time is over. */
  race<T>(promise: Promise<T>): Promise<T | typeof TIMED_OUT> {
    return Promise.race([promise, this.#timeout]);
  }

  /** Call it in a `finally`. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}

/** The promise's outcome, or the signal's reason as soon as it is aborted. The promise itself goes on. */
export async function raceAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  // Either may reject when nothing listens any more.
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

/**
 * Limits the time from the last byte of a request's body to its answer. When it is over, or the client has left,
 * everything that waits (for a turn, the store, another host) stops.
 *
 * @param work gets a signal whose reason is the problem `out-of-time`
 */
export async function withinAnswerTime<T>(
  request: Request,
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = (why: string) => () =>
    controller.abort(new Problem('out-of-time', why, { retryAfter: RETRY_AFTER_SECONDS }));
  const timeOut = abort(`There was no answer within ${seconds} s. Try again in ${RETRY_AFTER_SECONDS} s.`);
  const leave = abort('The client has left.');
  const timer = setTimeout(timeOut, seconds * 1000);
  request.signal.addEventListener('abort', leave);
  try {
    if (request.signal.aborted) leave();
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', leave);
  }
}
