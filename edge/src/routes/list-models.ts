/** `GET /v1/models`: the models that have a release, and the version that each channel serves. */
import { type ModelList, modelListSchema } from '@glimpse/shared/api/models';
import type { AppContext } from '../context.ts';
import { route } from './route.ts';
import { release } from './route-docs.ts';

export const listModels = route({
  method: 'GET',
  path: '/v1/models',
  scope: 'any',
  errorShape: 'problem',
  handler: answer,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'listModels',
        tag: 'models',
        summary: 'List the models',
        description: 'Omits models whose channels cannot be read.',
        responses: [
          {
            status: 200,
            description: 'The models that have a release, and what each channel serves.',
            content: {
              'application/json': {
                schema: modelListSchema,
                examples: {
                  one: {
                    models: [{ name: release.model, channels: { stable: { version: release.version } } }],
                    default: release.model,
                  },
                },
              },
            },
          },
        ],
        problems: ['parameter-invalid', 'model-unavailable'],
      },
});

async function answer(c: AppContext): Promise<Response> {
  const { models, settings } = c.get('isolate');
  const list: ModelList = { models: await models.list(c.executionCtx), default: settings.defaultModel };
  return c.json(list);
}
