/** What logs call a route by. */
import { matchedRoutes } from 'hono/route';
import type { AppContext } from '../context.ts';

/** The pattern, since a path holds what a caller makes up, or the signed id of an answer; null where there is no such route. */
export function routeOf(c: AppContext): string | null {
  return matchedRoutes(c).findLast(({ path }) => !path.endsWith('*'))?.path ?? null;
}
