/** `GET /v1/models/{name}`: its channels, and what the release of the channel `stable` takes and answers. */
import type { ModelDescription } from '@glimpse/shared/api/models';
import { Problem } from '@glimpse/shared/api/problems';
import { DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import { nameSchema } from '@glimpse/shared/release/names';
import type { AppContext } from '../context.ts';

export async function showModel(c: AppContext): Promise<Response> {
  const { models } = c.get('isolate');
  const model = c.req.param('name') ?? '';
  if (!nameSchema.safeParse(model).success) {
    throw new Problem('model-unknown', 'A model has a name of 1 to 64 of a-z, 0-9 and -; GET /v1/models lists them.');
  }
  const { channels } = await models.channels(model, c.executionCtx);
  const version = Object.hasOwn(channels, DEFAULT_CHANNEL) ? channels[DEFAULT_CHANNEL]!.version : undefined;
  const shown: ModelDescription = {
    name: model,
    channels,
    release: version === undefined ? null : await models.manifest(model, version),
  };
  return c.json(shown);
}
