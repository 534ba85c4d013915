/** The client of a Glimpse endpoint. docs/client.md describes each function. */
export type * from './answers.ts';
export type { ConnectionOptions } from './connection.ts';
export {
  AnswerError,
  BadRequestError,
  ConnectionError,
  GlimpseError,
  KeyError,
  NotFoundError,
  RateLimitError,
  ServerError,
  TimeoutError,
  TooLargeError,
  UnavailableError,
  UndecodableImageError,
  UnsupportedImageError,
} from './errors.ts';
export {
  type BatchResult,
  type ClassifyOptions,
  type FeedbackOptions,
  Glimpse,
} from './glimpse.ts';
export type { Drawable, Image, ImageAt, NativeFile } from './image.ts';
export type { ReleaseSelector } from './resize/releases.ts';
