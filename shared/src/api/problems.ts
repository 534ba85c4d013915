/** The errors of the API: RFC 9457 problem details with a stable `code`. One table of what can go wrong. */
import * as z from 'zod/mini';

/** code → status and title. The detail says what was wrong with this request and what to do. */
export const problems = {
  'body-empty': { status: 400, title: 'The request has no body' },
  'body-malformed': { status: 400, title: 'The body cannot be read' },
  'parameter-invalid': { status: 400, title: 'A parameter is not valid' },
  'pixels-wrong-length': { status: 400, title: 'The raw pixels are not of the size that the model takes' },
  'url-refused': { status: 403, title: 'The address is not one that is fetched from' },
  'route-unknown': { status: 404, title: 'There is no such route' },
  'model-unknown': { status: 404, title: 'There is no such model' },
  'version-unknown': { status: 404, title: 'The model has no such version or channel' },
  'file-unknown': { status: 404, title: 'The release has no such file' },
  'method-not-allowed': { status: 405, title: 'The route does not take this method' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'body-too-slow': { status: 408, title: 'The body did not arrive in time' },
  'batch-too-large': { status: 413, title: 'The batch has too many pictures' },
  'picture-too-many-pixels': { status: 413, title: 'The picture has too many pixels' },
  'picture-unsupported': { status: 415, title: 'Not a picture of a supported format' },
  'picture-undecodable': { status: 422, title: 'The picture does not decode' },
  'range-unsatisfiable': { status: 416, title: 'The file has no such bytes' },
  'url-failed': { status: 422, title: 'The address gave no picture' },
  busy: { status: 503, title: 'Too many requests are waiting' },
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
