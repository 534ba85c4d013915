/**
 * `traceparent` of W3C Trace Context (https://www.w3.org/TR/trace-context-2/): a caller's trace is carried on, so that his
 * tools find our log line under it. What is not valid is passed over, as the standard asks.
 */

export interface Trace {
  /** 32 hexadecimal digits, not all of them 0. */
  readonly traceId: string;
  /** Of the span that it came from, or of ours: 16 hexadecimal digits, not all of them 0. */
  readonly spanId: string;
  /** Bit 0: the caller records this trace; bit 1 (level 2): the trace id is random. */
  readonly flags: number;
}

const KNOWN_FLAGS = 0b11;
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** @returns undefined where there is none, or none that is valid */
export function parseTraceparent(header: string | null): Trace | undefined {
  const [, version, traceId, spanId, flags, more] = FORM.exec(header?.trim() ?? '') ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Later versions may say more behind a dash; version 00 says no more, and ff is none.
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & KNOWN_FLAGS };
}

/** The same trace with a span of its own, from 8 random bytes. */
export function continueTrace(trace: Trace, random: Uint8Array = crypto.getRandomValues(new Uint8Array(8))): Trace {
  const spanId = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  // One time in 2^64; a span of zeros would not be valid.
  return { ...trace, spanId: /^0+$/.test(spanId) ? '0000000000000001' : spanId };
}

export function formatTraceparent({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}
