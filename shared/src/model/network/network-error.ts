/** Why a model could not be read or run. */

export type NetworkErrorCode =
  /** The model uses a layer, or an option of a layer, that the runner does not execute. */
  | 'network-unsupported'
  /** The description contradicts itself: sizes that do not fit, weights that are missing or of another shape. */
  | 'network-invalid';

export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;

  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
