/** The HTTP application: registers the routes, and does what all of them have in common. */
import { Problem, problemDocument, problems } from '@glimpse/shared/api/problems';
import { Hono, type MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Access } from './access/access.ts';
import { admit, limitNetwork } from './access/admit.ts';
import { challengeOf } from './access/credentials.ts';
import { crossOrigin } from './access/cross-origin.ts';
import { refuseUnknown } from './classify/selector.ts';
import { ConfigurationError } from './configuration-error.ts';
import { type AppContext, type AppEnv, queryOf } from './context.ts';
import type { Isolate } from './isolate.ts';
import { logError } from './observability/log.ts';
import { observeRequest } from './observability/observe-request.ts';
import { problemOf } from './problem-of.ts';
import type { Route } from './routes/route.ts';
import { routes } from './routes/routes.ts';

/** @param open returns the isolate's state. Called for each request that needs it; it may throw. */
export function createApp(open: (env: Record<string, unknown>) => Isolate): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use(observeRequest);
  app.use(async (c, next) => {
    await next();
    // Not `c.header`, which copies an existing response on each call.
    const { headers } = c.res;
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Referrer-Policy', 'no-referrer');
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
  });
  app.use(crossOrigin);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = methods.join(', ');
        c.header('Allow', allow);
        if (c.req.method === 'OPTIONS') {
          c.get('notes').code = undefined;
          // Not `c.body`, which would keep the Content-Type of the 404.
          return new Response(null, { status: 204, headers: { Allow: allow } });
        }
        return answer(c, new Problem('method-not-allowed', `${c.req.path} supports ${allow}, not ${c.req.method}.`));
      },
    }),
  );

  /** Opens the isolate's state, and checks the key. */
  const enter =
    (route: Route, pattern: string): MiddlewareHandler<AppEnv> =>
    async (c, next) => {
      c.set('route', route);
      c.get('notes').route = pattern;
      if (route.stateless) return next();
      c.set('isolate', open(c.env));
      const admission = await admit(c, route);
      c.set('admission', admission);
      // The routes that classify read their parameters themselves. The other routes of /v1 have none.
      if (pattern.startsWith('/v1/') && route.scope !== 'classify') refuseUnknown(queryOf(c.req.url));
      await next();
      admission.onResponse();
    };
  for (const route of routes) {
    for (const pattern of [route.path, ...(route.morePaths ?? [])]) {
      app.on(route.method, pattern, enter(route, pattern), route.handler);
    }
  }

  /** Also called for a wrong method. Without valid settings, there are no limits. */
  app.notFound(async (c) => {
    const access = accessOf(() => open(c.env));
    if (access) await limitNetwork(c, access);
    return answer(c, new Problem('route-unknown', `Nothing exists at ${c.req.path}.${slashHint(c.req.path)}`));
  });
  app.onError((thrown, c) => {
    const problem = problemOf(thrown);
    if (problem.code === 'internal-error')
      logError('request', thrown, { id: c.get('id'), route: c.get('notes').route ?? null });
    if (thrown instanceof ConfigurationError) logError('configuration', thrown, { id: c.get('id') });
    return answer(c, problem);
  });
  return app;
}

/** For the most frequent mistake in a path. */
function slashHint(path: string): string {
  const trimmed = path.replace(/\/+$/, '');
  if (trimmed === path || trimmed === '') return '';
  const segments = trimmed.split('/');
  const exists = routes.some((route) => {
    const pattern = route.path.split('/');
    return (
      pattern.length === segments.length && pattern.every((part, i) => part.startsWith(':') || part === segments[i])
    );
  });
  return exists ? ` Remove the slash at the end: ${trimmed}` : '';
}

function accessOf(open: () => Isolate): Access | undefined {
  try {
    return open().access;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

function answer(c: AppContext, problem: Problem): Response {
  const { status } = problems[problem.code];
  c.get('notes').code = problem.code;
  const asText = errorShapeOf(c) === 'text';
  return c.body(JSON.stringify(asText ? { error: problem.message } : problemDocument(problem)), status, {
    'Content-Type': asText ? 'application/json' : 'application/problem+json',
    ...challengeOf(problem.code),
    ...(problem.retryAfter === undefined ? {} : { 'Retry-After': String(problem.retryAfter) }),
  });
}

/** The first segment of a path → the error shape of the routes below it. */
const errorShapes = new Map(routes.map(({ path, errorShape }) => [firstSegment(path), errorShape]));

/** A path without a route gets the error shape of its neighbors. */
function errorShapeOf(c: AppContext): Route['errorShape'] {
  return c.get('route')?.errorShape ?? errorShapes.get(firstSegment(c.req.path)) ?? 'problem';
}

function firstSegment(path: string): string | undefined {
  return path.split('/', 2)[1];
}
