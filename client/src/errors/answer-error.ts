import { GlimpseError } from './glimpse-error.ts';

/** What answered is no Glimpse endpoint, or something between spoiled the answer. */
export class AnswerError extends GlimpseError {
  override name = 'AnswerError';
}
