/**
 * Which pages may read a response (CORS, Fetch standard, section 3.2). The Worker never uses cookies or other ambient
 * credentials, so CORS protects nothing here: it lets pages read what they may see, and every error, so that their developers
 * see what is wrong:
 *
 *     no key, on an open endpoint             any page
 *     publishable key                         the page that sent it, if it is one of the key's origins
 *     secret key                              none if keys are required: a secret key must not be in a page
 *     rejected before the request was served  any page
 *
 * A preflight carries no key. It gets the same answer for every page, and grants nothing.
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
      // The wildcard does not cover Authorization.
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
