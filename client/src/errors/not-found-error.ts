import { GlimpseError } from './glimpse-error.ts';

/** There is no such model, version, file or route (404), or no longer what an id stands for (410). */
export class NotFoundError extends GlimpseError {
  override name = 'NotFoundError';
}
