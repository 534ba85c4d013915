/** Wraps every request: gives it an id, continues its trace, and logs one line when it has been answered. */
import type { ProblemCode } from '@glimpse/shared/api/problems';
import type { MiddlewareHandler } from 'hono';
import type { AppContext, AppEnv } from '../context.ts';
import { logsRequests } from '../environment.ts';
import type { ModelLease } from '../model/served-model.ts';
import { logRequest } from './log.ts';
import { continueTrace, formatTraceparent, parseTraceparent, type Trace } from './traceparent.ts';

/** Facts about a request, collected for its log line while it is answered. */
export interface RequestNotes {
  /** By `performance.now()`. */
  readonly arrivedAt: number;
  /** The pattern of the route that matched. Never the path itself, which can hold the signed id of an answer. */
  route?: string;
  /** Size of the body. */
  bytes?: number;
  /** The release that answers, or would have answered. */
  release?: { readonly model: string; readonly version: string; readonly channel: string | null };
  /** `cold`: the network was loaded while this request waited. */
  network?: 'cold' | 'warm';
  /** Milliseconds for all images of the request. */
  timing?: { readonly decode: number; readonly infer: number };
  /** Best score of the first classified image, 0-1. */
  confidence?: number;
  /** Why the request was refused. */
  code?: ProblemCode | undefined;
  /** The id of the key, as `glimpse keys list` shows it. Never its text. */
  key?: string;
}

export const observeRequest: MiddlewareHandler<AppEnv> = async (c, next) => {
  const id = crypto.randomUUID();
  c.set('id', id);
  c.set('notes', { arrivedAt: performance.now() });
  const parent = parseTraceparent(c.req.raw.headers.get('traceparent'));
  const trace = parent && continueTrace(parent);
  await next();
  c.res.headers.set('X-Request-Id', id);
  if (trace) c.res.headers.set('traceparent', formatTraceparent(trace));
  if (logsRequests(c.env)) logRequest(lineOf(c, trace));
};

/** Never includes an image, a key's text, a query or a whole address. */
function lineOf(c: AppContext, trace: Trace | undefined): Record<string, unknown> {
  const { arrivedAt, route = null, bytes, release, network, timing, code, key } = c.get('notes');
  const { raw, method } = c.req;
  return {
    id: c.get('id'),
    ...(trace === undefined ? {} : { trace: trace.traceId, span: trace.spanId }),
    method,
    route,
    status: c.res.status,
    code,
    bytes: bytes ?? declaredBytes(raw.headers),
    decodeMs: rounded(timing?.decode),
    inferMs: rounded(timing?.infer),
    totalMs: rounded(performance.now() - arrivedAt),
    ...release,
    network,
    key,
    colo: raw.cf?.colo,
    address: addressPrefix(raw.headers.get('CF-Connecting-IP')),
  };
}

/** The declared size of a body that was not read to its end. */
function declaredBytes(headers: Headers): number {
  const declared = Number(headers.get('Content-Length'));
  return Number.isSafeInteger(declared) ? declared : 0;
}

function rounded(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 100) / 100;
}

/** Call it as soon as the release is selected. */
export function noteRelease(notes: RequestNotes, { manifest, channel, builtAt }: ModelLease): void {
  notes.release = { model: manifest.model, version: manifest.version, channel };
  notes.network = builtAt > notes.arrivedAt ? 'cold' : 'warm';
}

/**
 * The part of an address that may be logged: it identifies a network, and not a person in it.
 *
 * @returns the first 24 bits of an IPv4 address, the first 48 of an IPv6 address; undefined if it is neither
 */
export function addressPrefix(address: string | null): string | undefined {
  const [, mapped] = /^(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address ?? '') ?? [];
  if (mapped) {
    const bytes = mapped.split('.').map(Number);
    return bytes.every((byte) => byte <= 255) ? `${bytes.slice(0, 3).join('.')}.0/24` : undefined;
  }
  const url = `http://[${address}]/`;
  if (!/^[0-9a-f:.]+$/i.test(address ?? '') || !URL.canParse(url)) return undefined;
  // The URL has the shortest form, so `::` is expanded again.
  const [head = '', tail] = new URL(url).hostname.slice(1, -1).split('::');
  const [before, after] = [head, tail ?? ''].map((part) => part.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ];
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return `${groups.slice(0, 3).join(':')}::/48`;
}
