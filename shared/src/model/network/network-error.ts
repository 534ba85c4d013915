/** Why a model could not be read or run. */

export type NetworkErrorCode =
  /** The model uses a layer, or an option of a layer, that the runner does not support. */
  | 'network-unsupported'
  /** The model contradicts itself: shapes that do not fit, or weights that are missing or have another shape. */
  | 'network-invalid';

export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;

  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
