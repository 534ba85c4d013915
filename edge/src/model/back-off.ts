/** How long a failed read or load is not tried again. */
import { Problem } from '@glimpse/shared/api/problems';
import { DoesNotFitError } from './model-cache.ts';

/** After the first failure, and twice as long each time that it fails again. */
export const BACKOFF_MS = 1_000;
/** Of a load that took the memory of all other networks with it. */
const BACKOFF_TOO_LARGE_MS = 30_000;

/** @returns milliseconds */
export function backOffMs(error: unknown, failuresInARow: number, mostMs: number): number {
  if (error instanceof DoesNotFitError) return BACKOFF_TOO_LARGE_MS;
  if (error instanceof Problem) return BACKOFF_MS;
  return Math.min(BACKOFF_MS * 2 ** (failuresInARow - 1), mostMs);
}
