/** The errors of this package, and which of them a response of the endpoint becomes. */
import type { ProblemCode, problems } from '@glimpse/shared/api/problems';

export interface GlimpseErrorDetails extends ErrorOptions {
  /** HTTP status; absent if there was no response. */
  readonly status?: number | undefined;
  /** `X-Request-Id`, by which the endpoint's owner finds the request in the log. */
  readonly requestId?: string | undefined;
  /** Seconds to wait before the next attempt, if the endpoint sent `Retry-After`. */
  readonly retryAfter?: number | undefined;
  /** Further members of the problem document, e.g. `limit` and `actual`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Base class of all errors. Never contains the key or the request that carried it. */
export class GlimpseError extends Error {
  override name = 'GlimpseError';
  /** Stable: the problem code (docs/api.md), or one of this package's own. */
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

/** The request is invalid (400, 405, 416). Sending it again fails again. */
export class BadRequestError extends GlimpseError {
  override name = 'BadRequestError';
}

/** The key is missing, unknown or revoked (401), or not allowed to do this or to be used from here (403). */
export class KeyError extends GlimpseError {
  override name = 'KeyError';
}

/** The model, version, file or route does not exist (404), or the id has expired (410). */
export class NotFoundError extends GlimpseError {
  override name = 'NotFoundError';
}

/** Too many bytes, pixels or images (413). `details.limit` is the maximum. */
export class TooLargeError extends GlimpseError {
  override name = 'TooLargeError';
}

/** The image format is not supported (415). */
export class UnsupportedImageError extends GlimpseError {
  override name = 'UnsupportedImageError';
}

/** The image is truncated or corrupt (422). */
export class UndecodableImageError extends GlimpseError {
  override name = 'UndecodableImageError';
}

/** Too many requests with this key or from this address (429). `retryAfter` says how long to wait. */
export class RateLimitError extends GlimpseError {
  override name = 'RateLimitError';
}

/** After all attempts, the endpoint is still busy or too slow, or has no model (408, 502, 503, 504). */
export class UnavailableError extends GlimpseError {
  override name = 'UnavailableError';
}

/** The endpoint failed (any other 5xx). */
export class ServerError extends GlimpseError {
  override name = 'ServerError';
}

/** The call, including all attempts, took longer than `timeout`. */
export class TimeoutError extends GlimpseError {
  override name = 'TimeoutError';
}

/** No response: no network, a wrong address, or an endpoint that refuses this origin (CORS). */
export class ConnectionError extends GlimpseError {
  override name = 'ConnectionError';
}

/** The response is not from a Glimpse endpoint, or a proxy changed it. */
export class AnswerError extends GlimpseError {
  override name = 'AnswerError';
}

/** The statuses of the API's problems, and those of a gateway in front of it. */
type KnownStatus = (typeof problems)[ProblemCode]['status'] | 502 | 504;

/** A problem with a new status does not compile until it has a class here. */
const classByStatus: Readonly<Record<KnownStatus, typeof GlimpseError>> = {
  400: BadRequestError,
  401: KeyError,
  403: KeyError,
  404: NotFoundError,
  405: BadRequestError,
  408: UnavailableError,
  410: NotFoundError,
  413: TooLargeError,
  415: UnsupportedImageError,
  416: BadRequestError,
  422: UndecodableImageError,
  429: RateLimitError,
  500: ServerError,
  502: UnavailableError,
  503: UnavailableError,
  504: UnavailableError,
};

/** 403 as well, but another key would not help: the endpoint fetches nothing from that host. */
const URL_REFUSED: ProblemCode = 'url-refused';

/** A proxy answers in its own words; only the beginning of its page is useful. */
const MAX_TEXT_LENGTH = 200;

interface ResponseFacts {
  readonly status: number;
  readonly requestId?: string | undefined;
  readonly retryAfter?: number | undefined;
}

/** A response with an error status → its error. */
export function responseError({ text, ...facts }: ResponseFacts & { readonly text: string }): GlimpseError {
  return problemError(parse(text), facts, text);
}

/**
 * @param problem the members of a problem document; empty if the body is not one
 * @param text the body, quoted if it is not a problem document
 */
export function problemError(
  problem: Readonly<Record<string, unknown>>,
  facts: ResponseFacts,
  text = '',
): GlimpseError {
  const { code, detail, type: _, title: __, status: ___, ...details } = problem;
  const { status } = facts;
  const ErrorClass =
    code === URL_REFUSED
      ? BadRequestError
      : (classByStatus[status as KnownStatus] ?? (status >= 500 ? ServerError : GlimpseError));
  // Codes that this version does not know are passed through.
  if (typeof code === 'string') {
    return new ErrorClass(code, typeof detail === 'string' ? detail : code, { ...facts, details });
  }
  const quoted = text.trim().slice(0, MAX_TEXT_LENGTH);
  const message = `The endpoint answered ${status}${quoted ? `: ${quoted}` : ''}`;
  return new ErrorClass(`http-${status}`, message, { ...facts, details });
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
