/**
 * The header `traceparent` of W3C Trace Context (https://www.w3.org/TR/trace-context-2/). The Worker continues the
 * caller's trace, so that the caller's tools find its log line. Invalid headers are ignored, as the standard requires.
 */

export interface Trace {
  /** 32 hexadecimal digits, not all of them 0. */
  readonly traceId: string;
  /** The caller's span or ours: 16 hexadecimal digits, not all of them 0. */
  readonly spanId: string;
  /** Bit 0: the caller records this trace. Bit 1 (level 2): the trace id is random. */
  readonly flags: number;
}

const KNOWN_FLAGS = 0b11;
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** @returns undefined if the header is missing or invalid */
export function parseTraceparent(header: string | null): Trace | undefined {
  const [, version, traceId, spanId, flags, more] = FORM.exec(header?.trim() ?? '') ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Later versions may append fields after a dash. Version 00 has none, and ff is invalid.
  if (version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags: Number.parseInt(flags, 16) & KNOWN_FLAGS };
}

/** The same trace with a new span, from 8 random bytes. */
export function continueTrace(trace: Trace, random: Uint8Array = crypto.getRandomValues(new Uint8Array(8))): Trace {
  const spanId = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  // Once in 2^64: a span of zeros is invalid.
  return { ...trace, spanId: /^0+$/.test(spanId) ? '0000000000000001' : spanId };
}

export function formatTraceparent({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags.toString(16).padStart(2, '0')}`;
}
