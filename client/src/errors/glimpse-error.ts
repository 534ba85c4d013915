/** What every error of this package is. */

export interface GlimpseErrorDetails extends ErrorOptions {
  /** Of the answer; absent where there was none. */
  readonly status?: number | undefined;
  /** `X-Request-Id`, by which the endpoint's owner finds the request in the log. */
  readonly requestId?: string | undefined;
  /** Seconds after which to try again, where the endpoint said so. */
  readonly retryAfter?: number | undefined;
  /** Further members of the problem document, e.g. `limit` and `actual`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Never holds the key, nor the request that had it. */
export class GlimpseError extends Error {
  override name = 'GlimpseError';
  /** Stable: that of the problem document (docs/api.md), or one of this package. */
  readonly code: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, details: GlimpseErrorDetails = {}) {
    super(message, details);
    this.code = code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfter = details.retryAfter;
    this.details = details.details ?? {};
  }
}
