import { GlimpseError } from './glimpse-error.ts';

/** The endpoint is busy, or has no model, or the answer took too long (408, 502, 503, 504), after all tries. */
export class UnavailableError extends GlimpseError {
  override name = 'UnavailableError';
}
