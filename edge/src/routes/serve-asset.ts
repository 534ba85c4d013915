/** Serves what `npm run build` makes: the API's documents, the demo, and the widget. Assets have their own ETags. */
import { Problem } from '@glimpse/shared/api/problems';
import type { AppContext } from '../context.ts';
import { readAssets } from '../environment.ts';

/** Nothing from other hosts, and no inline script or style. Swagger UI has images in `data:` URLs. */
const DOCUMENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Nothing from other hosts. The widget classifies on the device with WebAssembly. */
export const SITE_POLICY: readonly string[] = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

const SITE_FILE_POLICY = [...SITE_POLICY, "frame-ancestors 'none'"].join('; ');

/** The headers of an asset that its answer keeps. */
const KEPT_HEADERS = ['Content-Type', 'ETag', 'Cache-Control', 'Location'];

const IMMUTABLE = 'public, max-age=31536000, immutable';
/** The name of a file includes a hash of its content. */
const HASHED_NAME = /-[0-9a-f]{10}\.\w+$/;

export function serveDocument(c: AppContext): Promise<Response> {
  return serveAsset(c, DOCUMENT_POLICY);
}

export async function serveSiteFile(c: AppContext): Promise<Response> {
  const response = await serveAsset(c, SITE_FILE_POLICY);
  if (HASHED_NAME.test(c.req.path)) response.headers.set('Cache-Control', IMMUTABLE);
  return response;
}

/** @param immutable for files that have a hash in their name */
export async function serveWidget(c: AppContext, immutable: boolean): Promise<Response> {
  const response = await serveAsset(c, SITE_FILE_POLICY);
  if (immutable) response.headers.set('Cache-Control', IMMUTABLE);
  // The extension of TypeScript is also one of a video format.
  if (c.req.path.endsWith('.d.ts')) response.headers.set('Content-Type', 'text/plain; charset=utf-8');
  // Pages with cross-origin isolation (COEP) can load the widget too.
  response.headers.set('Cross-Origin-Resource-Policy', 'cross-origin');
  return response;
}

async function serveAsset(c: AppContext, policyOfPages: string): Promise<Response> {
  const assets = readAssets(c.env);
  const { method, url, headers } = c.req.raw;
  const sent = new Headers();
  const etag = headers.get('If-None-Match');
  if (etag !== null) sent.set('If-None-Match', etag);
  const found = await assets?.fetch(new Request(url, { method, headers: sent, redirect: 'manual' }));
  if (!found || found.status === 404) throw new Problem('route-unknown', `Nothing exists at ${c.req.path}.`);
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = found.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const response = new Response(found.body, { status: found.status, headers: Object.fromEntries(kept) });
  if (/^text\/html\b/.test(found.headers.get('Content-Type') ?? '')) {
    response.headers.set('Content-Security-Policy', policyOfPages);
  }
  return response;
}
