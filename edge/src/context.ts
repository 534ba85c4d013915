/** What every route gets besides its request. */
import type { Context } from 'hono';
import type { Admission } from './access/admit.ts';
import type { Isolate } from './isolate.ts';
import type { RequestNotes } from './observability/request-notes.ts';

export interface AppEnv {
  Bindings: Record<string, unknown>;
  Variables: {
    /** Of this request: in X-Request-Id, in the answer and in the log. Never the caller's own, so that it is unique. */
    id: string;
    isolate: Isolate;
    /** For the log line of this request. */
    notes: RequestNotes;
    /** The page that may read the answer: `*` for any, null for none. Not set before a key was looked at. */
    corsOrigin: string | null;
    admission: Admission;
  };
}

export type AppContext = Context<AppEnv>;
