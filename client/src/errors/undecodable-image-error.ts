import { GlimpseError } from './glimpse-error.ts';

/** An image that is cut or damaged (422). */
export class UndecodableImageError extends GlimpseError {
  override name = 'UndecodableImageError';
}
