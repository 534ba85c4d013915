/** An answer that is no success → the error to throw. */
import { BadRequestError } from './bad-request-error.ts';
import { GlimpseError } from './glimpse-error.ts';
import { KeyError } from './key-error.ts';
import { NotFoundError } from './not-found-error.ts';
import { RateLimitError } from './rate-limit-error.ts';
import { ServerError } from './server-error.ts';
import { TooLargeError } from './too-large-error.ts';
import { UnavailableError } from './unavailable-error.ts';
import { UndecodablePictureError } from './undecodable-picture-error.ts';
import { UnsupportedPictureError } from './unsupported-picture-error.ts';

const byStatus: Readonly<Record<number, typeof GlimpseError>> = {
  400: BadRequestError,
  401: KeyError,
  403: KeyError,
  404: NotFoundError,
  410: NotFoundError,
  405: BadRequestError,
  408: UnavailableError,
  413: TooLargeError,
  415: UnsupportedPictureError,
  416: BadRequestError,
  422: UndecodablePictureError,
  429: RateLimitError,
  502: UnavailableError,
  503: UnavailableError,
  504: UnavailableError,
};

/** A proxy in between answers in its own words, which help nobody beyond their beginning. */
const MOST_TEXT = 200;

export interface FailedAnswer {
  readonly status: number;
  readonly text: string;
  readonly requestId?: string | undefined;
  readonly retryAfter?: number | undefined;
}

export function errorOf({ status, text, requestId, retryAfter }: FailedAnswer): GlimpseError {
  const { code, detail, type: _, title: __, status: ___, ...details } = parse(text);
  const known = { status, details, requestId, retryAfter };
  // With another key it would be refused as well.
  const Kind =
    code === 'url-refused' ? BadRequestError : (byStatus[status] ?? (status >= 500 ? ServerError : GlimpseError));
  // A code that this version does not know is passed on as it is.
  if (typeof code === 'string') return new Kind(code, typeof detail === 'string' ? detail : code, known);
  const said = text.trim().slice(0, MOST_TEXT);
  return new Kind(`http-${status}`, `The endpoint answered ${status}${said ? `: ${said}` : ''}`, known);
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
