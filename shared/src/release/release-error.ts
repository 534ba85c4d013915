/** Why a release is not accepted, at publishing or at loading. */

export type ReleaseErrorCode =
  /** No such model, channel or version in the store. */
  | 'release-missing'
  /** release.json or channels.json is not what it should be. */
  | 'release-malformed'
  /** A file is missing, or its size or SHA-256 is not the manifest's. */
  | 'release-corrupt'
  /** Written for a later version of this software. */
  | 'release-too-new'
  /** Only signed releases are served, and this one is not. */
  | 'release-unsigned'
  /** Signed by a key that is not trusted, or no longer. */
  | 'release-untrusted'
  /** Not what was signed. */
  | 'release-altered'
  /** Older than the floor: it was good once, and shall not come back. */
  | 'release-too-old'
  /** A text that shall be a key is none. */
  | 'key-invalid';

export class ReleaseError extends Error {
  override readonly name = 'ReleaseError';
  readonly code: ReleaseErrorCode;

  constructor(code: ReleaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
