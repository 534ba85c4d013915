/** `GET /v1/models/{name}`: the model's channels, and the release of its channel `stable`. */
import { type ModelDescription, modelSchema } from '@glimpse/shared/api/models';
import { DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import type { AppContext } from '../context.ts';
import { modelNameOf } from './path-parameters.ts';
import { route } from './route.ts';
import { nameParameter, release } from './route-docs.ts';

export const showModel = route({
  method: 'GET',
  path: '/v1/models/:name',
  scope: 'any',
  errorShape: 'problem',
  handler: answer,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'showModel',
        tag: 'models',
        summary: 'Show a model',
        description: 'The channels of the model, and the input and labels of the release that `stable` serves.',
        parameters: [nameParameter],
        responses: [
          {
            status: 200,
            description: 'The channels, and the release of `stable`.',
            content: {
              'application/json': {
                schema: modelSchema,
                examples: {
                  cifar10: { name: release.model, channels: { stable: { version: release.version } }, release },
                },
              },
            },
          },
        ],
        problems: ['parameter-invalid', 'model-unknown', 'model-unavailable'],
      },
});

async function answer(c: AppContext): Promise<Response> {
  const { models } = c.get('isolate');
  const model = modelNameOf(c);
  const { channels } = await models.channels(model, c.executionCtx);
  const version = Object.hasOwn(channels, DEFAULT_CHANNEL) ? channels[DEFAULT_CHANNEL]!.version : undefined;
  const shown: ModelDescription = {
    name: model,
    channels,
    release: version === undefined ? null : await models.manifest(model, version),
  };
  return c.json(shown);
}
