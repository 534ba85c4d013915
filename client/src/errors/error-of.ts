/** An answer that is no success, or the problem of one image of a batch → the error. */
import { BadRequestError } from './bad-request-error.ts';
import { GlimpseError } from './glimpse-error.ts';
import { KeyError } from './key-error.ts';
import { NotFoundError } from './not-found-error.ts';
import { RateLimitError } from './rate-limit-error.ts';
import { ServerError } from './server-error.ts';
import { TooLargeError } from './too-large-error.ts';
import { UnavailableError } from './unavailable-error.ts';
import { UndecodableImageError } from './undecodable-image-error.ts';
import { UnsupportedImageError } from './unsupported-image-error.ts';

const byStatus: Readonly<Record<number, typeof GlimpseError>> = {
  400: BadRequestError,
  401: KeyError,
  403: KeyError,
  404: NotFoundError,
  410: NotFoundError,
  405: BadRequestError,
  408: UnavailableError,
  413: TooLargeError,
  415: UnsupportedImageError,
  416: BadRequestError,
  422: UndecodableImageError,
  429: RateLimitError,
  502: UnavailableError,
  503: UnavailableError,
  504: UnavailableError,
};

/** A proxy in between answers in its own words, which help nobody beyond their beginning. */
const MAX_TEXT = 200;

interface Failed {
  readonly status: number;
  readonly requestId?: string | undefined;
  readonly retryAfter?: number | undefined;
}

export function errorOf({ text, ...failed }: Failed & { readonly text: string }): GlimpseError {
  return problemError(parse(text), failed, text);
}

/**
 * @param problem the members of a problem document, as far as there is one
 * @param said in its place
 */
export function problemError(problem: Readonly<Record<string, unknown>>, failed: Failed, said = ''): GlimpseError {
  const { code, detail, type: _, title: __, status: ___, ...details } = problem;
  const { status } = failed;
  const known = { ...failed, details };
  // With another key it would be refused as well.
  const Kind =
    code === 'url-refused' ? BadRequestError : (byStatus[status] ?? (status >= 500 ? ServerError : GlimpseError));
  // A code that this version does not know is passed on as it is.
  if (typeof code === 'string') return new Kind(code, typeof detail === 'string' ? detail : code, known);
  const text = said.trim().slice(0, MAX_TEXT);
  return new Kind(`http-${status}`, `The endpoint answered ${status}${text ? `: ${text}` : ''}`, known);
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
