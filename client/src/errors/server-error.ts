import { GlimpseError } from './glimpse-error.ts';

/** A fault of the endpoint (any other 5xx). */
export class ServerError extends GlimpseError {
  override name = 'ServerError';
}
