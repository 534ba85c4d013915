/** The HTTP side of the Worker: which route answers what, and what every answer has in common. */
import { Problem, problemDocument, problems } from '@glimpse/shared/api/problems';
import { Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { ConfigurationError } from './configuration-error.ts';
import type { AppContext, AppEnv } from './context.ts';
import type { Isolate } from './isolate.ts';
import { logError } from './log.ts';
import { problemOf } from './problem-of.ts';
import { asset } from './routes/asset.ts';
import { classify } from './routes/classify.ts';
import { classifyBatch } from './routes/classify-batch.ts';
import { downloadFile } from './routes/download-file.ts';
import { anyOrigin, embedFrame } from './routes/embed-frame.ts';
import { healthz } from './routes/healthz.ts';
import { listModels } from './routes/list-models.ts';
import { readyz } from './routes/readyz.ts';
import { showModel } from './routes/show-model.ts';
import { showRelease } from './routes/show-release.ts';
import { siteFile } from './routes/site-file.ts';

/** @param open gives the isolate's state; called for each request that needs it, and may throw */
export function createApp(open: (env: Record<string, unknown>) => Isolate): Hono<AppEnv> {
  const app = new Hono<AppEnv>();

  app.use(async (c, next) => {
    c.set('id', crypto.randomUUID());
    await next();
    c.header('X-Request-Id', c.get('id'));
    c.header('X-Content-Type-Options', 'nosniff');
    c.header('Referrer-Policy', 'no-referrer');
    if (!c.res.headers.has('Cache-Control')) c.header('Cache-Control', 'no-store');
  });
  app.use(
    cors({
      origin: '*',
      allowMethods: ['GET', 'HEAD', 'POST'],
      exposeHeaders: ['X-Request-Id', 'Server-Timing', 'Retry-After', 'ETag', 'Content-Range'],
      maxAge: 86_400,
    }),
  );
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const allow = methods.join(', ');
        c.header('Allow', allow);
        return answer(c, new Problem('method-not-allowed', `${c.req.path} takes ${allow}, not ${c.req.method}.`));
      },
    }),
  );

  const withIsolate: MiddlewareHandler<AppEnv> = async (c, next) => {
    c.set('isolate', open(c.env));
    await next();
  };

  app.get('/healthz', healthz);
  app.use('/readyz', withIsolate);
  app.get('/readyz', readyz);
  app.use('/v1/*', withIsolate);
  app.post('/v1/classify', classify);
  app.post('/v1/classify/batch', classifyBatch);
  app.get('/v1/models', listModels);
  app.get('/v1/models/:name', showModel);
  app.get('/v1/models/:name/releases/:version', showRelease);
  app.get('/v1/models/:name/releases/:version/files/:file', downloadFile);
  app.get('/openapi.json', asset);
  app.get('/docs', asset);
  app.get('/docs/*', asset);
  app.get('/', siteFile);
  app.get('/site/*', siteFile);
  app.get('/embed', siteFile);
  app.get('/embed/frame', embedFrame(anyOrigin));
  app.get('/widget.js', siteFile);
  app.get('/widget/*', siteFile);

  app.notFound((c) => answer(c, new Problem('route-unknown', `There is nothing at ${c.req.path}.`)));
  app.onError((thrown, c) => {
    const problem = problemOf(thrown);
    if (problem.code === 'internal-error') logError('request', thrown, { id: c.get('id'), path: c.req.path });
    if (thrown instanceof ConfigurationError) logError('configuration', thrown, { id: c.get('id') });
    return answer(c, problem);
  });
  return app;
}

function answer(c: AppContext, problem: Problem): Response {
  const { status } = problems[problem.code];
  return c.body(JSON.stringify(problemDocument(problem)), status, {
    'Content-Type': 'application/problem+json',
    ...(problem.retryAfter === undefined ? {} : { 'Retry-After': String(problem.retryAfter) }),
  });
}
