/** Waiting with an end to it. In workerd a promise of another request may never settle, so nothing waits without. */

export const TIMED_OUT = Symbol('timed out');

/** The promise's outcome, or `TIMED_OUT` after so many milliseconds; the promise itself goes on. */
export async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T | typeof TIMED_OUT> {
  const { promise: timeout, resolve } = Promise.withResolvers<typeof TIMED_OUT>();
  const timer = setTimeout(() => resolve(TIMED_OUT), Math.max(0, milliseconds));
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
