/** Which failed calls are tried again, and when. Every call of the API may be: none does anything twice. */
import { ConnectionError } from './errors/connection-error.ts';
import type { GlimpseError } from './errors/glimpse-error.ts';

/** What passes by itself: a limit, a gateway without its Worker, a busy Worker. */
const PASSING = [429, 502, 503, 504];

/** Milliseconds. Who must wait longer is told so by the error. */
const MAX_WAIT = 20_000;
const FIRST_WAIT = 500;

export function isRetryable(error: GlimpseError): boolean {
  if (error instanceof ConnectionError) return true;
  if (error.status === undefined || !PASSING.includes(error.status)) return false;
  return (error.retryAfter ?? 0) * 1000 <= MAX_WAIT;
}

/**
 * Doubles with each try, and is drawn between half of it and all, so that callers who failed together do not return
 * together; never less than the endpoint asked for.
 *
 * @param attempt the number of the try to come, 1 for the first further one
 * @param retryAfter seconds
 * @returns milliseconds
 */
export function backoffMs(attempt: number, retryAfter: number | undefined, random: () => number = Math.random): number {
  const most = Math.min(MAX_WAIT, FIRST_WAIT * 2 ** (attempt - 1));
  return Math.max((retryAfter ?? 0) * 1000, (most / 2) * (1 + random()));
}

/** `Retry-After` (RFC 9110, 10.2.3): seconds, or a date. @param now milliseconds since 1970 */
export function secondsOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}
