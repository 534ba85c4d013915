/** Which right a request needs. Every route that looks into the store needs one, unless it is listed here. */
import type { Scope } from './key-record.ts';

/**
 * Health, for whoever balances loads and has no key; the documents; the pages, and the widget's frame, which brings its key
 * to the requests it makes.
 */
const OPEN = /^\/(healthz|readyz|openapi\.json|docs|embed(\/frame)?|widget\.js|v2|v2\/health\/(live|ready))?\/?$/;

/** What a release takes and answers: whoever may classify has to know it, to send images as small as the model sees them. */
const DESCRIPTION = /^\/v1\/models(\/[^/]+(\/releases\/[^/]+)?)?\/?$/;

/** @returns `any` where each key will do, undefined where none is needed */
export function scopeOf(method: string, path: string): Scope | 'any' | undefined {
  if (OPEN.test(path)) return undefined;
  if (/^\/v1\/feedback(\/|$)/.test(path)) return 'feedback';
  if (method !== 'GET' && method !== 'HEAD') return 'classify';
  return DESCRIPTION.test(path) ? 'any' : 'read';
}

/**
 * Whether a request counts in the quota of its key: images and feedback do, reading does not, nor does taking feedback
 * back, which whoever gave it may always do.
 *
 * @param scope of the request
 */
export function countsInQuota(method: string, scope: ReturnType<typeof scopeOf>): boolean {
  return (scope === 'classify' || scope === 'feedback') && method !== 'DELETE';
}
