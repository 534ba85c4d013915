import { GlimpseError } from './glimpse-error.ts';

/** Not an image of a format that the endpoint reads (415); the message names what was sent. */
export class UnsupportedImageError extends GlimpseError {
  override name = 'UnsupportedImageError';
}
