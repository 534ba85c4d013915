/**
 * Reads the body of a request into memory. Counts every byte as it arrives, regardless of Content-Length, against the
 * limit of the route and against the isolate's budget for all bodies.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import type { AppContext } from '../context.ts';
import type { ByteBudget } from './byte-budget.ts';
import { Deadline, TIMED_OUT } from './deadline.ts';
import { detachErrorStack, drainBody } from './drain-body.ts';
import { type Chunks, chunksOf, collect } from './stream.ts';

export interface HeldBody {
  /** May be replaced by an empty array once the bytes are held elsewhere: the budget still counts them. */
  bytes: Uint8Array<ArrayBuffer>;
  /**
   * Counts memory that the body needs in addition, such as what it is parsed into, until the release.
   *
   * @throws {Problem} busy; body-too-large if the budget could never hold it
   */
  hold(bytes: number): void;
  /** Returns the bytes to the budget. Call it in a `finally`. */
  release(): void;
}

export interface BodyLimits {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  /** Time for the whole body. The bytes that have arrived hold the budget that long. */
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
  const share = budget.reserve();
  const hold = (more: number) => {
    if (share.take(more)) return;
    throw share.taken + more > share.maximum ? tooLarge(share.maximum, share.taken + more) : busy();
  };
  const { release } = share;
  if (!request.body) return { bytes: new Uint8Array(0), hold, release };
  const declared = contentLength(request.headers);
  const chunks = chunksOf(request.body, declared);
  const deadline = new Deadline(seconds * 1000);
  try {
    if (declared !== undefined && declared > maxBytes) throw tooLarge(maxBytes, declared);
    let length = 0;
    const bytes = await collect(() => readChunk(chunks, deadline, seconds), {
      declared,
      count(more) {
        length += more;
        if (length > maxBytes) throw tooLarge(maxBytes);
        if (!share.take(more)) throw busy();
      },
    });
    return { bytes, hold, release };
  } catch (error) {
    share.release();
    detachErrorStack(error);
    if (!(error instanceof Problem))
      throw new Problem('body-malformed', 'The body ended early. Send it again.', { cause: error });
    await drainBody(chunks);
    throw error;
  } finally {
    deadline.clear();
  }
}

async function readChunk(chunks: Chunks, deadline: Deadline, limit: number) {
  const next = await deadline.race(chunks.read());
  if (next !== TIMED_OUT) return next;
  throw new Problem('body-too-slow', `The body did not arrive within ${limit} s. Scale the image down first.`, {
    extensions: { limit },
  });
}

/** Undefined if the header is missing or not a number. It is only a hint. */
function contentLength(headers: Headers): number | undefined {
  const value = headers.get('Content-Length');
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** @param actual undefined for a body without Content-Length, which is read only until it is too large */
function tooLarge(limit: number, actual?: number): Problem {
  return new Problem(
    'body-too-large',
    `The body ${actual === undefined ? 'exceeds' : `has ${actual} bytes, which exceeds`} the limit of ${limit} bytes. ` +
      'Scale the image down first: the model uses only a few of its pixels.',
    { extensions: { limit, ...(actual === undefined ? {} : { actual }) } },
  );
}

function busy(): Problem {
  return new Problem('busy', `Other images fill the memory. Try again in ${RETRY_AFTER_SECONDS} s.`, {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}
