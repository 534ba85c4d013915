import { GlimpseError } from './glimpse-error.ts';

/** There is no key, it is not known or was revoked (401), or it may not do this or not from here (403). */
export class KeyError extends GlimpseError {
  override name = 'KeyError';
}
