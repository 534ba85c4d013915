import { GlimpseError } from './glimpse-error.ts';

/** A picture that is cut or damaged (422). */
export class UndecodablePictureError extends GlimpseError {
  override name = 'UndecodablePictureError';
}
