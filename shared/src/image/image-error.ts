/** Why an image could not be decoded. Independent of HTTP: the API maps each code to a status. */

export type ImageErrorCode =
  /** No bytes at all. */
  | 'image-empty'
  /** Not an image, or an unsupported format. */
  | 'image-unsupported'
  /** A supported format, but the bytes do not decode: truncated, damaged, or an unsupported variant. */
  | 'image-undecodable'
  /** The header declares more pixels than the limit allows. */
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
