/** Wraps every request: gives it an id, continues its trace, and logs one line when it has been answered. */
import type { MiddlewareHandler } from 'hono';
import type { AppContext, AppEnv } from '../context.ts';
import { logsRequests } from '../environment.ts';
import { addressPrefix } from './address-prefix.ts';
import { logRequest } from './log.ts';
import { continueTrace, formatTraceparent, parseTraceparent, type Trace } from './traceparent.ts';

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
