/** The demo at `/`, /embed, and the widget with what it loads: made by `npm run build`, served as assets. */
import type { AppContext } from '../context.ts';
import { asset } from './asset.ts';

/** Nothing from other hosts; WebAssembly for the classification on the device. */
export const SITE_POLICY: readonly string[] = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** With a hash of their content in their names. */
const UNCHANGING = /^\/(widget\/[^/]+|site\/[^/]+-[0-9a-f]{10}\.\w+)$/;
const YEAR_SECONDS = 31_536_000;

export async function siteFile(c: AppContext): Promise<Response> {
  const response = await asset(c);
  const { headers } = response;
  if (headers.has('Content-Security-Policy')) {
    headers.set('Content-Security-Policy', [...SITE_POLICY, "frame-ancestors 'none'"].join('; '));
  }
  if (UNCHANGING.test(c.req.path)) headers.set('Cache-Control', `public, max-age=${YEAR_SECONDS}, immutable`);
  // Pages that are isolated from other origins (COEP) may have the widget too.
  if (c.req.path.startsWith('/widget')) headers.set('Cross-Origin-Resource-Policy', 'cross-origin');
  return response;
}
