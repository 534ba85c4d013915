import { GlimpseError } from './glimpse-error.ts';

/** The time that `timeout` allows is over, all tries included. */
export class TimeoutError extends GlimpseError {
  override name = 'TimeoutError';
}
