import { GlimpseError } from './glimpse-error.ts';

/** Not a picture of a format that the endpoint reads (415); the message names what was sent. */
export class UnsupportedPictureError extends GlimpseError {
  override name = 'UnsupportedPictureError';
}
