/** The errors of the API: RFC 9457 problem details with a stable `code`. One table of what can go wrong. */

/** code → status and title. The detail says what was wrong with this request and what to do. */
export const problems = {
  'body-empty': { status: 400, title: 'The request has no body' },
  'body-malformed': { status: 400, title: 'The body cannot be read' },
  'parameter-invalid': { status: 400, title: 'A parameter is not valid' },
  'pixels-wrong-length': { status: 400, title: 'The raw pixels are not of the size that the model takes' },
  'feedback-id-invalid': { status: 400, title: 'Not the id of an answer that was given here' },
  'feedback-label-unknown': { status: 400, title: 'The model has no such label' },
  'feedback-picture-foreign': { status: 400, title: 'Not the picture that was classified' },
  'feedback-consent-missing': { status: 400, title: 'A picture is kept with consent only' },
  'feedback-pictures-off': { status: 403, title: 'No pictures are kept here' },
  'feedback-off': { status: 404, title: 'No feedback is taken here' },
  'route-unknown': { status: 404, title: 'There is no such route' },
  'model-unknown': { status: 404, title: 'There is no such model' },
  'version-unknown': { status: 404, title: 'The model has no such version or channel' },
  'method-not-allowed': { status: 405, title: 'The route does not take this method' },
  'feedback-id-expired': { status: 410, title: 'The answer is too old for feedback' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'picture-too-many-pixels': { status: 413, title: 'The picture has too many pixels' },
  'picture-unsupported': { status: 415, title: 'Not a picture of a supported format' },
  'picture-undecodable': { status: 422, title: 'The picture does not decode' },
  busy: { status: 503, title: 'Too many requests are waiting' },
  'feedback-unavailable': { status: 503, title: 'The feedback cannot be stored' },
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

/** The problem document of RFC 9457. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly [extension: string]: unknown;
}

export function problemDocument({ code, message, extensions }: Problem): ProblemDocument {
  const { status, title } = problems[code];
  return { type: 'about:blank', title, status, detail: message, code, ...extensions };
}
