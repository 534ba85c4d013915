/** The client of a Glimpse endpoint. docs/client.md has an example of each function. */
export type * from './answers.ts';
export type { ConnectionOptions } from './connection.ts';
export { AnswerError } from './errors/answer-error.ts';
export { BadRequestError } from './errors/bad-request-error.ts';
export { ConnectionError } from './errors/connection-error.ts';
export { GlimpseError } from './errors/glimpse-error.ts';
export { KeyError } from './errors/key-error.ts';
export { NotFoundError } from './errors/not-found-error.ts';
export { RateLimitError } from './errors/rate-limit-error.ts';
export { ServerError } from './errors/server-error.ts';
export { TimeoutError } from './errors/timeout-error.ts';
export { TooLargeError } from './errors/too-large-error.ts';
export { UnavailableError } from './errors/unavailable-error.ts';
export { UndecodableImageError } from './errors/undecodable-image-error.ts';
export { UnsupportedImageError } from './errors/unsupported-image-error.ts';
export {
  type BatchResult,
  type ClassifyOptions,
  type FeedbackOptions,
  Glimpse,
  type ReleaseOptions,
} from './glimpse.ts';
export type { Drawable, Image, ImageAt, NativeFile } from './image.ts';
