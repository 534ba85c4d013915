/** Why an image was not turned into pixels. Knows nothing of HTTP: the API maps each code to a status. */

export type ImageErrorCode =
  /** No bytes at all. */
  | 'image-empty'
  /** Not an image, or of a format that is not read. */
  | 'image-unsupported'
  /** A format that is read, but these bytes do not decode: cut, damaged, or a variant that is not supported. */
  | 'image-undecodable'
  /** More pixels than the limit allows, by the size that the header declares. */
  | 'image-too-many-pixels';

export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code: ImageErrorCode;
  /** Figures that help the caller, e.g. {limit, actual}. */
  readonly details: Readonly<Record<string, number | string>>;

  constructor(
    code: ImageErrorCode,
    message: string,
    options: ErrorOptions & { details?: Record<string, number | string> } = {},
  ) {
    super(message, options);
    this.code = code;
    this.details = options.details ?? {};
  }
}
