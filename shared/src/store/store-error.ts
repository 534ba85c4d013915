/** A store that did not give a usable answer. "No such object" is an answer, not an error. */

export type StoreErrorCode =
  /** No connection, no answer within the deadline, or a server error. */
  | 'store-unreachable'
  /** The credentials, the bucket or the permissions are wrong. */
  | 'store-refused'
  /** The object is larger than the caller allows. */
  | 'object-too-large';

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function objectTooLarge(key: string, maxBytes: number): StoreError {
  return new StoreError('object-too-large', `${key} is larger than the expected maximum of ${maxBytes} bytes.`);
}
