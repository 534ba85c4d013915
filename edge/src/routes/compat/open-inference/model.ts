/** `GET /v2/models/{name}[/versions/{version}]` and `…/ready`: what a model takes and gives, and whether it answers. */
import type { ModelMetadata } from '@glimpse/shared/api/open-inference';
import { Problem } from '@glimpse/shared/api/problems';
import { DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import { withinAnswerTime } from '../../../body/answer-time.ts';
import { withRelease } from '../../../classify/classify-image.ts';
import type { AppContext } from '../../../context.ts';
import { readModelName } from '../model-name.ts';
import { inputsOf, outputsOf } from './tensors.ts';

/** Of the version, or of the one that the channel `stable` serves. Loads no network. */
export async function describeModel(c: AppContext): Promise<Response> {
  const { models } = c.get('isolate');
  const name = readModelName(c);
  const { channels } = await models.channels(name, c.executionCtx);
  const versions = [...new Set(Object.values(channels).map(({ version }) => version))];
  const stable = Object.hasOwn(channels, DEFAULT_CHANNEL) ? channels[DEFAULT_CHANNEL]!.version : versions[0];
  const version = c.req.param('version') ?? stable;
  if (version === undefined || !versions.includes(version)) {
    throw new Problem('version-unknown', `${name} serves the versions ${versions.join(', ') || 'none'}.`);
  }
  const manifest = await models.manifest(name, version);
  const metadata: ModelMetadata = {
    name,
    versions,
    platform: 'tensorflow_tfjs',
    inputs: inputsOf(manifest.input),
    outputs: outputsOf(manifest),
  };
  return c.json(metadata);
}

export async function modelReady(c: AppContext): Promise<Response> {
  const isolate = c.get('isolate');
  const choice = { model: readModelName(c), version: c.req.param('version') };
  return withinAnswerTime(c.req.raw, isolate.settings.limits.ANSWER_SECONDS, (signal) =>
    withRelease(isolate, choice, { keeper: c.executionCtx, signal }, async ({ manifest }) =>
      c.json({ name: manifest.model, ready: true }),
    ),
  );
}
