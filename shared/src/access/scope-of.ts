/** Which right a request needs. Every route that looks into the store needs one, unless it is listed here. */
import type { Scope } from './key-record.ts';

/** Health, for whoever balances loads and has no key; the widget's frame, which brings its key to the requests it makes. */
const OPEN = /^\/(readyz|embed\/.*|v2|v2\/health\/(live|ready))\/?$/;

/** @returns undefined where no key is needed */
export function scopeOf(method: string, path: string): Scope | undefined {
  if (OPEN.test(path)) return undefined;
  if (/^\/v1\/feedback(\/|$)/.test(path)) return 'feedback';
  return method === 'GET' || method === 'HEAD' ? 'read' : 'classify';
}
