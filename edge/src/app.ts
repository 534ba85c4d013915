/** The HTTP side of the Worker: which route answers what, and what every answer has in common. */
import { Problem, problems } from '@glimpse/shared/api/problems';
import { Hono, type MiddlewareHandler } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { admit } from './access/admit.ts';
import { challengeOf } from './access/challenge.ts';
import { crossOrigin } from './access/cross-origin.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { AppContext, AppEnv } from './context.ts';
import type { Isolate } from './isolate.ts';
import { logError } from './observability/log.ts';
import { observeRequest } from './observability/observe-request.ts';
import { routeOf } from './observability/route-of.ts';
import { problemOf } from './problem-of.ts';
import { asset } from './routes/asset.ts';
import { classify } from './routes/classify.ts';
import { classifyBatch } from './routes/classify-batch.ts';
import { errorShape } from './routes/compat/error-shape.ts';
import { addDialects } from './routes/compat/routes.ts';
import { downloadFile } from './routes/download-file.ts';
import { embedFrame, frameOrigins } from './routes/embed-frame.ts';
import { healthz } from './routes/healthz.ts';
import { listModels } from './routes/list-models.ts';
import { readyz } from './routes/readyz.ts';
import { removeFeedback } from './routes/remove-feedback.ts';
import { sendFeedback } from './routes/send-feedback.ts';
import { showModel } from './routes/show-model.ts';
import { showRelease } from './routes/show-release.ts';
import { siteFile } from './routes/site-file.ts';

/** @param open gives the isolate's state; called for each request that needs it, and may throw */
export function createApp(open: (env: Record<string, unknown>) => Isolate): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use(observeRequest);
  app.use(async (c, next) => {
    await next();
    // Here and wherever an answer is there already: `c.header` would copy it, each time.
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
          // Not by the context, which would keep the type of the answer that it has.
          return new Response(null, { status: 204, headers: { Allow: allow } });
        }
        return answer(c, new Problem('method-not-allowed', `${c.req.path} takes ${allow}, not ${c.req.method}.`));
      },
    }),
  );

  const withIsolate: MiddlewareHandler<AppEnv> = async (c, next) => {
    // What a route takes, it says to everybody.
    if (c.req.method === 'OPTIONS') return next();
    c.set('isolate', open(c.env));
    const admission = await admit(c);
    c.set('admission', admission);
    await next();
    admission.answered();
  };

  app.get('/healthz', healthz);
  app.use('/readyz', withIsolate);
  app.get('/readyz', readyz);
  app.use('/v1/*', withIsolate);
  app.post('/v1/classify', classify);
  app.post('/v1/classify/batch', classifyBatch);
  app.post('/v1/feedback', sendFeedback);
  app.delete('/v1/feedback/:id', removeFeedback);
  app.get('/v1/models', listModels);
  app.get('/v1/models/:name', showModel);
  app.get('/v1/models/:name/releases/:version', showRelease);
  app.get('/v1/models/:name/releases/:version/files/:file', downloadFile);
  addDialects(app, withIsolate);
  app.get('/openapi.json', asset);
  app.get('/docs', asset);
  app.get('/docs/*', asset);
  app.get('/', siteFile);
  app.get('/site/*', siteFile);
  app.get('/embed', siteFile);
  app.use('/embed/frame', withIsolate);
  app.get('/embed/frame', embedFrame(frameOrigins));
  app.get('/widget.js', siteFile);
  app.get('/widget/*', siteFile);

  app.notFound((c) => answer(c, new Problem('route-unknown', `There is nothing at ${c.req.path}.`)));
  app.onError((thrown, c) => {
    const problem = problemOf(thrown);
    if (problem.code === 'internal-error') logError('request', thrown, { id: c.get('id'), route: routeOf(c) });
    if (thrown instanceof ConfigurationError) logError('configuration', thrown, { id: c.get('id') });
    return answer(c, problem);
  });
  return app;
}

function answer(c: AppContext, problem: Problem): Response {
  const { status } = problems[problem.code];
  c.get('notes').code = problem.code;
  const { type, body } = errorShape(c.req.path, problem);
  return c.body(JSON.stringify(body), status, {
    'Content-Type': type,
    ...challengeOf(problem.code),
    ...(problem.retryAfter === undefined ? {} : { 'Retry-After': String(problem.retryAfter) }),
  });
}
