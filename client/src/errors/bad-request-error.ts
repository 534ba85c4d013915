import { GlimpseError } from './glimpse-error.ts';

/** The request is not what the endpoint takes (400, 405, 416): sent again, it fails again. */
export class BadRequestError extends GlimpseError {
  override name = 'BadRequestError';
}
