/** What every route gets in addition to its request. */
import type { Context } from 'hono';
import type { Admission } from './access/admit.ts';
import type { Isolate } from './isolate.ts';
import type { RequestNotes } from './observability/observe-request.ts';
import type { Route } from './routes/route.ts';

export interface AppEnv {
  Bindings: Record<string, unknown>;
  Variables: {
    /** The request's id: in X-Request-Id, the answer and the log. Never sent by the caller, so that it is unique. */
    id: string;
    /** Undefined if no route matches. */
    route: Route | undefined;
    isolate: Isolate;
    /** For the request's log line. */
    notes: RequestNotes;
    /** The origin that may read the answer: `*` for any, null for none. Undefined until the key has been checked. */
    corsOrigin: string | null;
    admission: Admission;
  };
}

export type AppContext = Context<AppEnv>;

const NO_QUERY = new URLSearchParams();

/** The query of a URL. Most have none, and parsing a URL takes longer than that check. Do not modify the result. */
export function queryOf(url: string): URLSearchParams {
  return url.includes('?') ? new URL(url).searchParams : NO_QUERY;
}
