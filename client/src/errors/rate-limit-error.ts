import { GlimpseError } from './glimpse-error.ts';

/** Too many requests by this key or from this address (429); `retryAfter` says how long to wait. */
export class RateLimitError extends GlimpseError {
  override name = 'RateLimitError';
}
