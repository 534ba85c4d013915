/** Why the store gave no answer that can be used. "There is no such object" is an answer. */

export type StoreErrorCode =
  /** No connection, no answer in time, or an answer of 5xx. */
  | 'store-unreachable'
  /** The credentials, the bucket or the rights are not as they should be. */
  | 'store-refused'
  /** The object has more bytes than whoever asked for it can use. */
  | 'object-too-large';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
