import { GlimpseError } from './glimpse-error.ts';

/** Too many bytes, pixels or images (413); `details.limit` says how many there may be. */
export class TooLargeError extends GlimpseError {
  override name = 'TooLargeError';
}
