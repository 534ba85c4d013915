/** `GET /healthz`: the Worker is alive. Asks nothing of the store or the configuration. */
import type { AppContext } from '../context.ts';

export function healthz(c: AppContext): Response {
  return c.json({ alive: true });
}
