/** The errors of the API: RFC 9457 problem details with a stable `code`. */
import * as z from 'zod/mini';
import { listFormats } from '../image/formats.ts';

/**
 * code → HTTP status, title, and what the caller should do. The error table of docs/api.md, the examples of /openapi.json and
 * the client's error classes follow from it. A problem's `detail` says what was wrong with the particular request.
 */
export const problems = {
  'body-empty': { status: 400, title: 'The request has no body', remedy: 'Send an image.' },
  'body-malformed': {
    status: 400,
    title: 'The body cannot be parsed',
    remedy:
      'See `detail`: multipart without a boundary, without the field `image` or with too many files; invalid JSON; invalid base64; truncated.',
  },
  'parameter-invalid': {
    status: 400,
    title: 'A parameter is invalid',
    remedy: '`parameter` names it; for `top_k`, `minimum` and `maximum` give the range.',
  },
  'pixels-wrong-length': {
    status: 400,
    title: 'The raw pixels have the wrong length',
    remedy: 'Send exactly `expected` bytes.',
  },
  'key-in-url': {
    status: 400,
    title: 'The URL contains a key',
    remedy: 'Send the key as `Authorization: Bearer KEY`. Revoke a secret key that was in a URL.',
  },
  'feedback-id-invalid': {
    status: 400,
    title: 'The id is not from an answer of this endpoint',
    remedy: 'Send the `id` of an answer of this endpoint, unchanged.',
  },
  'feedback-label-unknown': {
    status: 400,
    title: 'The model has no such label',
    remedy: 'Send one of `labels`, which has the first hundred of `count`.',
  },
  'feedback-image-foreign': {
    status: 400,
    title: 'The image is not the one that was classified',
    remedy: 'Send the bytes that were classified, unchanged.',
  },
  'feedback-consent-missing': {
    status: 400,
    title: 'An image requires consent',
    remedy: 'Ask the owner of the image, then send `consent: true`; or omit the image.',
  },
  'key-missing': { status: 401, title: 'A key is required', remedy: 'Send a key: `Authorization: Bearer KEY`.' },
  'key-malformed': {
    status: 401,
    title: 'The key is malformed',
    remedy: 'Copy the whole key again; `detail` says what is wrong with it.',
  },
  'key-unknown': {
    status: 401,
    title: 'The key does not exist',
    remedy: 'Use a key that was created for this endpoint.',
  },
  'key-revoked': { status: 401, title: 'The key was revoked', remedy: 'Ask the owner of the endpoint for a new key.' },
  'scope-missing': {
    status: 403,
    title: 'The key lacks a scope',
    remedy: 'Use a key with the scope that `detail` names.',
  },
  'origin-refused': {
    status: 403,
    title: 'The key is not valid for this web page',
    remedy: "Call from one of the key's origins; on a server, use a secret key.",
  },
  'url-refused': {
    status: 403,
    title: 'Images are not fetched from this URL',
    remedy: 'Send the image itself, or an https URL on one of the hosts that `detail` names.',
  },
  'feedback-images-off': {
    status: 403,
    title: 'This endpoint stores no images',
    remedy: 'Send the feedback without `image`.',
  },
  'feedback-off': {
    status: 404,
    title: 'This endpoint accepts no feedback',
    remedy: 'The owner of the endpoint must enable feedback.',
  },
  'route-unknown': { status: 404, title: 'There is no such route', remedy: 'See /docs for all routes.' },
  'model-unknown': { status: 404, title: 'There is no such model', remedy: 'List the models with GET /v1/models.' },
  'version-unknown': {
    status: 404,
    title: 'The model has no such version or channel',
    remedy: 'Use a version or channel that `detail` names.',
  },
  'file-unknown': { status: 404, title: 'The release has no such file', remedy: 'Use a file that `detail` names.' },
  'method-not-allowed': {
    status: 405,
    title: 'The route does not support this method',
    remedy: 'Use a method from the header `Allow`.',
  },
  'body-too-slow': {
    status: 408,
    title: 'The body did not arrive in time',
    remedy: 'Send the body within `limit` seconds and without pauses; scale the image down first.',
  },
  'feedback-id-expired': {
    status: 410,
    title: 'The answer is too old for feedback',
    remedy: 'Classify the image again; feedback is accepted for `limit` seconds.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    remedy: 'Send at most `limit` bytes, including the multipart or JSON encoding.',
  },
  'batch-too-large': {
    status: 413,
    title: 'The batch has too many images',
    remedy: 'Send at most `limit` images per request.',
  },
  'image-too-many-pixels': {
    status: 413,
    title: 'The image has too many pixels',
    remedy: 'Scale the image down to at most `limit` pixels; the model sees far fewer.',
  },
  'image-unsupported': {
    status: 415,
    title: 'The image format is not supported',
    remedy: `Send ${listFormats('or')}; \`detail\` names the format that was sent.`,
  },
  'range-unsatisfiable': { status: 416, title: 'The range is outside the file', remedy: 'Request bytes below `size`.' },
  'image-undecodable': {
    status: 422,
    title: 'The image cannot be decoded',
    remedy:
      'Send it again, or as another file: it is truncated, corrupt, or of an unsupported type (12-bit or lossless JPEG). `detail` says what is wrong and where.',
  },
  'url-failed': {
    status: 422,
    title: 'The URL could not be fetched',
    remedy: 'Check the URL; `detail` says what failed.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    remedy: 'Wait for `Retry-After` seconds, then send fewer requests at a time.',
  },
  'quota-exhausted': {
    status: 429,
    title: "The key's daily quota is used up",
    remedy: 'Wait for `Retry-After` seconds (until midnight UTC), or use a key with a larger quota.',
  },
  'internal-error': {
    status: 500,
    title: 'Internal error',
    remedy: 'Try again. If it persists, report the `X-Request-Id`, under which it was logged.',
  },
  busy: {
    status: 503,
    title: 'Too many requests are waiting',
    remedy: 'Wait for `Retry-After` seconds, then try again.',
  },
  'out-of-time': {
    status: 503,
    title: 'The answer took too long',
    remedy: 'Wait and try again, as for `busy`. For a batch, resend the remaining images.',
  },
  'keys-unavailable': {
    status: 503,
    title: 'The key cannot be looked up',
    remedy: 'Wait and try again, as for `busy`.',
  },
  'feedback-unavailable': {
    status: 503,
    title: 'The feedback cannot be stored',
    remedy: 'Wait and try again, as for `busy`.',
  },
  'model-unavailable': {
    status: 503,
    title: 'The model cannot be loaded',
    remedy: 'Wait and try again, as for `busy`; `detail` says why.',
  },
} as const satisfies Record<string, { status: number; title: string; remedy: string }>;

export type ProblemCode = keyof typeof problems;

/** Thrown anywhere while a request is handled; the app turns it into the response. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  /** Further members of the problem document, e.g. {limit, actual}. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Seconds for the `Retry-After` header. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    options: ErrorOptions & { extensions?: Record<string, unknown>; retryAfter?: number } = {},
  ) {
    super(detail, options);
    this.code = code;
    this.extensions = options.extensions ?? {};
    this.retryAfter = options.retryAfter;
  }
}

const codes = Object.keys(problems) as [ProblemCode, ...ProblemCode[]];

/** The problem document of RFC 9457. Further members depend on the code, e.g. {limit, actual}. */
export const problemDocumentSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int().check(z.gte(400), z.lte(599)),
  detail: z.string(),
  code: z.enum(codes),
});

export type ProblemDocument = z.infer<typeof problemDocumentSchema>;

export function problemDocument({ code, message, extensions }: Problem): ProblemDocument {
  const { status, title } = problems[code];
  return { type: 'about:blank', title, status, detail: message, code, ...extensions };
}
