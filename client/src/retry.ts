/** Which failed calls are retried, and when. Every call of the API is idempotent, so any may be retried. */
import { ConnectionError, type GlimpseError } from './errors.ts';

/** Temporary conditions: a rate limit, a gateway without its Worker, a busy Worker. */
const TEMPORARY_STATUSES = [429, 502, 503, 504];

/** A longer `Retry-After` is reported to the caller at once. */
const MAX_WAIT_MS = 20_000;
const FIRST_WAIT_MS = 500;

export function isRetryable(error: GlimpseError): boolean {
  if (error instanceof ConnectionError) return true;
  if (error.status === undefined || !TEMPORARY_STATUSES.includes(error.status)) return false;
  return (error.retryAfter ?? 0) * 1000 <= MAX_WAIT_MS;
}

/**
 * Exponential backoff with jitter: between half and all of a wait that doubles with each retry, so that callers who
 * failed together do not retry together. Never less than `retryAfter`.
 *
 * @param attempt number of the retry, from 1
 * @param retryAfter seconds
 * @returns milliseconds
 */
export function backoffMs(attempt: number, retryAfter: number | undefined, random: () => number = Math.random): number {
  const max = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return Math.max((retryAfter ?? 0) * 1000, (max / 2) * (1 + random()));
}

/**
 * `Retry-After` (RFC 9110, 10.2.3): seconds, or a date.
 *
 * @param now milliseconds since 1970
 * @returns seconds; undefined if the header is missing or invalid
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}
