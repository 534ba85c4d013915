/** The errors of the API: RFC 9457 problem details with a stable `code`. One table of what can go wrong. */
import * as z from 'zod/mini';

/** code → status and title. The detail says what was wrong with this request and what to do. */
export const problems = {
  'body-empty': { status: 400, title: 'The request has no body' },
  'body-malformed': { status: 400, title: 'The body cannot be read' },
  'parameter-invalid': { status: 400, title: 'A parameter is not valid' },
  'pixels-wrong-length': { status: 400, title: 'The raw pixels are not of the size that the model takes' },
  'key-in-url': { status: 400, title: 'There is a key in the address' },
  'key-missing': { status: 401, title: 'A key is needed' },
  'key-malformed': { status: 401, title: 'The key is not written as keys are' },
  'key-unknown': { status: 401, title: 'There is no such key' },
  'key-revoked': { status: 401, title: 'The key was revoked' },
  'scope-missing': { status: 403, title: 'The key may not do this' },
  'origin-refused': { status: 403, title: 'The key is not for this page' },
  'url-refused': { status: 403, title: 'The address is not one that is fetched from' },
  'feedback-id-invalid': { status: 400, title: 'Not the id of an answer that was given here' },
  'feedback-label-unknown': { status: 400, title: 'The model has no such label' },
  'feedback-image-foreign': { status: 400, title: 'Not the image that was classified' },
  'feedback-consent-missing': { status: 400, title: 'An image is kept with consent only' },
  'feedback-images-off': { status: 403, title: 'No images are kept here' },
  'feedback-off': { status: 404, title: 'No feedback is taken here' },
  'route-unknown': { status: 404, title: 'There is no such route' },
  'model-unknown': { status: 404, title: 'There is no such model' },
  'version-unknown': { status: 404, title: 'The model has no such version or channel' },
  'file-unknown': { status: 404, title: 'The release has no such file' },
  'method-not-allowed': { status: 405, title: 'The route does not take this method' },
  'feedback-id-expired': { status: 410, title: 'The answer is too old for feedback' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'body-too-slow': { status: 408, title: 'The body did not arrive in time' },
  'batch-too-large': { status: 413, title: 'The batch has too many images' },
  'image-too-many-pixels': { status: 413, title: 'The image has too many pixels' },
  'image-unsupported': { status: 415, title: 'Not an image of a supported format' },
  'image-undecodable': { status: 422, title: 'The image does not decode' },
  'rate-limited': { status: 429, title: 'Too many requests in a short time' },
  'quota-exhausted': { status: 429, title: "The key's requests of today are used up" },
  'keys-unavailable': { status: 503, title: 'The key cannot be looked up' },
  'range-unsatisfiable': { status: 416, title: 'The file has no such bytes' },
  'url-failed': { status: 422, title: 'The address gave no image' },
  busy: { status: 503, title: 'Too many requests are waiting' },
  'feedback-unavailable': { status: 503, title: 'The feedback cannot be stored' },
  'out-of-time': { status: 503, title: 'The answer took too long' },
  'model-unavailable': { status: 503, title: 'The model cannot be loaded' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** Thrown anywhere while a request is answered; the app turns it into the response. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  /** Members of the problem document beside the standard ones, e.g. {limit, actual}. */
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

/** The problem document of RFC 9457. Further members are what the code says of its limits, e.g. {limit, actual}. */
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
