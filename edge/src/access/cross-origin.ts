/**
 * Which pages may read an answer (CORS, Fetch standard 3.2). No cookie or other standing permission is ever looked at, so
 * this guards nothing of the service; it lets pages see what they may see, and refusals always, so that their makers
 * learn what is wrong:
 *
 *     no key, on an open endpoint             any page
 *     publishable key                         the page that sent it, which is one of the key's own
 *     secret key                              none, where keys are required: it does not belong into a page
 *     refused before the request was served   any page
 *
 * A preflight carries no key, so it is answered for all pages at once, and what it allows decides nothing.
 */
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from '../context.ts';

const EXPOSED = [
  'X-Request-Id',
  'Server-Timing',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
  'ETag',
  'Content-Range',
  'WWW-Authenticate',
].join(', ');

export const crossOrigin: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.method === 'OPTIONS' && c.req.raw.headers.has('Access-Control-Request-Method')) {
    return c.body(null, 204, {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, DELETE',
      // The star means every other one; Authorization has to be named.
      'Access-Control-Allow-Headers': 'Authorization, Content-Type, X-Client-Id, traceparent, *',
      'Access-Control-Max-Age': '86400',
    });
  }
  await next();
  const page = c.get('corsOrigin');
  if (page === null) return;
  const { headers } = c.res;
  headers.set('Access-Control-Allow-Origin', page ?? '*');
  headers.set('Access-Control-Expose-Headers', EXPOSED);
  if (page !== undefined && page !== '*') headers.append('Vary', 'Origin');
};
