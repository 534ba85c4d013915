/** What `npm run build` has made: /openapi.json, /docs and what belongs to it. The assets have their own ETags. */
import { Problem } from '@glimpse/shared/api/problems';
import type { AppContext } from '../context.ts';
import { readAssets } from '../environment.ts';

/** Nothing from other hosts, and no script or style within a page. Swagger UI has images in `data:` addresses. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Of these of its headers the browser has to know. */
const KEPT = ['Content-Type', 'ETag', 'Cache-Control', 'Location'];

export async function asset(c: AppContext): Promise<Response> {
  const assets = readAssets(c.env);
  const { method, url, headers } = c.req.raw;
  const asked = new Headers();
  const known = headers.get('If-None-Match');
  if (known !== null) asked.set('If-None-Match', known);
  const found = await assets?.fetch(new Request(url, { method, headers: asked, redirect: 'manual' }));
  if (!found || found.status === 404) throw new Problem('route-unknown', `There is nothing at ${c.req.path}.`);
  const kept = KEPT.flatMap((name) => {
    const value = found.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const response = new Response(found.body, { status: found.status, headers: Object.fromEntries(kept) });
  if (/^text\/html\b/.test(found.headers.get('Content-Type') ?? '')) {
    response.headers.set('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  }
  return response;
}
