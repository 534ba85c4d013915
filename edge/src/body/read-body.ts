/**
 * Reads the body of a request into memory. Counts every byte as it arrives, regardless of Content-Length, against the
 * limit of the route and against the isolate's budget for all bodies.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { clientNetwork } from '../access/rate-guard.ts';
import type { AppContext } from '../context.ts';
import type { ByteBudget } from './byte-budget.ts';
import { Deadline, TIMED_OUT } from './deadline.ts';
import { detachErrorStack, drainBody } from './drain-body.ts';
import { chunksOf, collect } from './stream.ts';

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
  /** Has a share of the budget. Undefined if it is unknown. */
  readonly sender: string | undefined;
  /** Time for the whole body. The bytes that have arrived hold the budget that long. */
  readonly seconds: number;
}

/** With the limits of the request's route. @throws as `readBody` */
export function readRequestBody(c: AppContext): Promise<HeldBody> {
  const { settings, budget } = c.get('isolate');
  const { limits } = settings;
  const maxBytes = Math.min(limits.MAX_BODY_BYTES, limits[c.get('route')?.bodyLimit ?? 'MAX_BODY_BYTES']);
  return readBody(c.req.raw, { maxBytes, budget, sender: senderId(c), seconds: limits.BODY_SECONDS });
}

/** The key, or the network. Undefined for local clients. */
export function senderId(c: AppContext): string | undefined {
  const { key } = c.get('notes');
  return key === undefined ? clientNetwork(c.req.header('CF-Connecting-IP') ?? null) : `key ${key}`;
}

/** @throws {Problem} body-too-large, body-too-slow, busy, body-malformed; if possible, after the rest has been read */
export async function readBody(request: Request, { maxBytes, budget, sender, seconds }: BodyLimits): Promise<HeldBody> {
  const share = budget.reserve(sender);
  const hold = (more: number) => {
    if (share.take(more)) return;
    throw share.taken + more > share.maximum ? tooLarge(share.maximum, share.taken + more) : busy();
  };
  const { release } = share;
  if (!request.body) return { bytes: new Uint8Array(0), hold, release };
  const declared = contentLength(request.headers);
  const chunks = chunksOf(request.body, declared);
  const progress = new Progress(seconds);
  try {
    if (declared !== undefined && declared > maxBytes) throw tooLarge(maxBytes, declared);
    let length = 0;
    const bytes = await collect(() => progress.race(chunks.read()), {
      declared,
      count(more) {
        length += more;
        progress.received += more;
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
    progress.clear();
  }
}

/** In each window, at least this many bytes must arrive. A sender that falls silent holds memory that others need. */
const WINDOW_SECONDS = 5;
const MIN_WINDOW_BYTES = 16 * 1024;

class Progress {
  /** Bytes in this window. */
  received = 0;
  readonly #limit: number;
  /** Seconds after this window. */
  #left: number;
  #window: Deadline;

  constructor(seconds: number) {
    this.#limit = seconds;
    this.#left = seconds;
    this.#window = this.#open();
  }

  /** @throws {Problem} body-too-slow */
  async race<T>(chunk: Promise<T>): Promise<T> {
    for (;;) {
      const next = await this.#window.race(chunk);
      if (next !== TIMED_OUT) return next;
      if (this.#left <= 0) throw this.#tooSlow(`did not arrive within ${this.#limit} s`);
      if (this.received < MIN_WINDOW_BYTES) {
        throw this.#tooSlow(`stopped arriving: only ${this.received} bytes came in ${WINDOW_SECONDS} s`);
      }
      this.#window = this.#open();
    }
  }

  clear(): void {
    this.#window.clear();
  }

  #open(): Deadline {
    const seconds = Math.min(WINDOW_SECONDS, this.#left);
    this.#left -= seconds;
    this.received = 0;
    return new Deadline(seconds * 1000);
  }

  #tooSlow(what: string): Problem {
    return new Problem(
      'body-too-slow',
      `The body ${what}. Send at least ${MIN_WINDOW_BYTES} bytes every ${WINDOW_SECONDS} s; scale the image down first.`,
      {
        extensions: { limit: this.#limit },
      },
    );
  }
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
