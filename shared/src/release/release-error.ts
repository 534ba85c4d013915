/** Why a release is refused, when it is published or loaded. */

export type ReleaseErrorCode =
  /** The store has no such model, channel or version. */
  | 'release-missing'
  /** release.json or channels.json is invalid. */
  | 'release-malformed'
  /** A file's size or SHA-256 differs from the manifest, or the file is missing. */
  | 'release-corrupt'
  /** It needs a later version of this software. */
  | 'release-too-new'
  /** It is not signed, and only signed releases are served. */
  | 'release-unsigned'
  /** It is signed by a key that is not trusted, or no longer. */
  | 'release-untrusted'
  /** It was changed after it was signed. */
  | 'release-altered'
  /** It is older than the minimum version. */
  | 'release-too-old'
  /** The text is not a valid key. */
  | 'key-invalid';

export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
  readonly code: ReleaseErrorCode;

  constructor(code: ReleaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
