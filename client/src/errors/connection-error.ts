import { GlimpseError } from './glimpse-error.ts';

/** No answer came: no network, a wrong address, or an endpoint that refuses this origin (CORS). */
export class ConnectionError extends GlimpseError {
  override name = 'ConnectionError';
}
