/** The routes that clients of other services know. */
import type { Hono, MiddlewareHandler } from 'hono';
import type { AppEnv } from '../../context.ts';
import { classifyForHuggingFace, refuseOwner } from './hugging-face/image-classification.ts';
import { infer } from './open-inference/infer.ts';
import { describeModel, modelReady } from './open-inference/model.ts';
import { describeServer, live, ready } from './open-inference/server.ts';

export function addDialects(app: Hono<AppEnv>, withIsolate: MiddlewareHandler<AppEnv>): void {
  app.use('/models/*', withIsolate);
  app.post('/models/:name', classifyForHuggingFace);
  app.post('/models/*', refuseOwner);

  app.get('/v2', describeServer);
  app.get('/v2/health/live', live);
  app.use('/v2/*', withIsolate);
  app.get('/v2/health/ready', ready);
  for (const model of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    app.get(model, describeModel);
    app.get(`${model}/ready`, modelReady);
    app.post(`${model}/infer`, infer);
  }
}
