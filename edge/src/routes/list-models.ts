/** `GET /v1/models`: the models in the store that have a release, and which version each channel serves. */
import type { ModelList } from '@glimpse/shared/api/models';
import type { AppContext } from '../context.ts';

export async function listModels(c: AppContext): Promise<Response> {
  const { models, settings } = c.get('isolate');
  const list: ModelList = { models: await models.list(c.executionCtx), default: settings.defaultModel };
  return c.json(list);
}
