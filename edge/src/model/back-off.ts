/** How long a failure, or the absence of a model, is remembered before the store is asked again. */
import { Problem } from '@glimpse/shared/api/problems';
import { ReleaseError } from '@glimpse/shared/release/release-error';

/** After the first failure; doubles with each further one. */
export const BACKOFF_MS = 1_000;
/** After a load that evicted all other networks from memory. */
const BACKOFF_TOO_LARGE_MS = 30_000;

/** The network exhausts the backend's memory even without any other network. */
export class DoesNotFitError extends ReleaseError {
  constructor(model: string, version: string, cause: unknown) {
    super(
      'release-malformed',
      `The network of ${model} ${version} does not fit in MAX_RUNTIME_BYTES: raise it, or publish a smaller one.`,
      { cause },
    );
  }
}

/** @returns milliseconds */
export function backOffMs(error: unknown, failuresInARow: number, maxMs: number): number {
  if (error instanceof DoesNotFitError) return BACKOFF_TOO_LARGE_MS;
  if (error instanceof Problem) return BACKOFF_MS;
  return Math.min(BACKOFF_MS * 2 ** (failuresInARow - 1), maxMs);
}

/** Milliseconds for which the list of models, and the absence of a model, is remembered. */
export function namesMaxAgeMs({ revalidateMs }: { readonly revalidateMs: number }): number {
  return Math.max(revalidateMs, BACKOFF_MS);
}
