/**
 * A request's body into memory: every byte counted as it arrives, whatever Content-Length says, against the limit of
 * one body and against the isolate's budget for all of them.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import type { AppContext } from '../context.ts';
import type { ByteBudget } from './byte-budget.ts';
import { type Chunks, chunksOf } from './chunks.ts';
import { collect } from './collect.ts';
import { Deadline, TIMED_OUT } from './deadline.ts';
import { detachErrorStack } from './detach-error-stack.ts';
import { discard } from './drain-body.ts';

export interface HeldBody {
  /** Whoever has made something else of them may set them to none: the budget still counts them. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Gives the bytes back to the budget. Belongs into a `finally`. */
  release(): void;
}

export interface BodyLimits {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  /** In so long the last byte has to be there; what has come of a body holds the budget as long. */
  readonly seconds: number;
}

/** With the limits of the request's route. @throws as `readBody` */
export function readRequestBody(c: AppContext): Promise<HeldBody> {
  const { settings, budget } = c.get('isolate');
  const { limits } = settings;
  const maxBytes = Math.min(limits.MAX_BODY_BYTES, limits[c.get('route')?.bodyLimit ?? 'MAX_BODY_BYTES']);
  return readBody(c.req.raw, { maxBytes, budget, seconds: limits.BODY_SECONDS });
}

/** @throws {Problem} body-too-large, body-too-slow, busy, body-malformed; if possible, after the rest has been read */
export async function readBody(request: Request, { maxBytes, budget, seconds }: BodyLimits): Promise<HeldBody> {
  const share = budget.open();
  if (!request.body) return { bytes: new Uint8Array(0), release: share.release };
  const declared = contentLength(request.headers);
  const chunks = chunksOf(request.body, declared);
  const deadline = new Deadline(seconds * 1000);
  try {
    if (declared !== undefined && declared > maxBytes) throw tooLarge(maxBytes, declared);
    let length = 0;
    const bytes = await collect(() => readOn(chunks, deadline, seconds), {
      declared,
      count(more) {
        length += more;
        if (length > maxBytes) throw tooLarge(maxBytes);
        if (!share.take(more)) throw busy();
      },
    });
    return { bytes, release: share.release };
  } catch (error) {
    share.release();
    detachErrorStack(error);
    if (!(error instanceof Problem)) throw brokenOff('broke off before its end', error);
    await discard(chunks);
    throw error;
  } finally {
    deadline.end();
  }
}

async function readOn(chunks: Chunks, deadline: Deadline, limit: number) {
  const next = await deadline.of(chunks.read());
  if (next !== TIMED_OUT) return next;
  throw new Problem('body-too-slow', `The body did not arrive within ${limit} s; scale the image down first.`, {
    extensions: { limit },
  });
}

/** Undefined where the header is missing or is no number: it is a hint and nothing else. */
function contentLength(headers: Headers): number | undefined {
  const value = headers.get('Content-Length');
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** @param actual where it is known: of a body without a length only so much is read that it is too large */
function tooLarge(limit: number, actual?: number): Problem {
  return new Problem(
    'body-too-large',
    `The body has ${actual === undefined ? 'more' : `${actual} bytes, more`} than the ${limit} bytes that are taken. ` +
      'Scale the image down before you send it: the model sees few of its pixels.',
    { extensions: { limit, ...(actual === undefined ? {} : { actual }) } },
  );
}

function brokenOff(how: string, cause?: unknown): Problem {
  return new Problem('body-malformed', `The body ${how}; send it again.`, cause === undefined ? {} : { cause });
}

function busy(): Problem {
  return new Problem('busy', `Other images fill the memory just now; try again in ${RETRY_AFTER_SECONDS} s.`, {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}
