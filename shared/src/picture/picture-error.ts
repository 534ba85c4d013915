/** Why a picture was not turned into pixels. Knows nothing of HTTP: the API maps each code to a status. */

export type PictureErrorCode =
  /** No bytes at all. */
  | 'picture-empty'
  /** Not a picture, or of a format that is not read. */
  | 'picture-unsupported'
  /** A format that is read, but these bytes do not decode: cut, damaged, or a variant that is not supported. */
  | 'picture-undecodable'
  /** More pixels than the limit allows, by the size that the header declares. */
  | 'picture-too-many-pixels';

export class PictureError extends Error {
  override readonly name = 'PictureError';
  readonly code: PictureErrorCode;
  /** Figures that help the caller, e.g. {limit, actual}. */
  readonly details: Readonly<Record<string, number | string>>;

  constructor(
    code: PictureErrorCode,
    message: string,
    options: ErrorOptions & { details?: Record<string, number | string> } = {},
  ) {
    super(message, options);
    this.code = code;
    this.details = options.details ?? {};
  }
}
