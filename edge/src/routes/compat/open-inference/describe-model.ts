/** `GET /v2/models/{name}[/versions/{version}]`: the versions, inputs and outputs of a model. Loads no network. */
import { type ModelMetadata, modelMetadataSchema } from '@glimpse/shared/api/open-inference';
import { Problem } from '@glimpse/shared/api/problems';
import { DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import type { AppContext } from '../../../context.ts';
import { modelNameOf } from '../../path-parameters.ts';
import { type RouteDocs, route } from '../../route.ts';
import { nameParameter, protocolResponses, release, versionParameter } from '../../route-docs.ts';
import { inputsOf, outputsOf } from './tensors.ts';

const PLATFORM = 'tensorflow_tfjs';

const common = { method: 'GET', scope: 'any', errorShape: 'text', handler: answer } as const;

export const describeModel = route({
  ...common,
  path: '/v2/models/:name',
  docs: import.meta.bundled
    ? undefined
    : {
        ...describe(),
        id: 'describeModel',
        summary: 'Describe the inputs and outputs of a model',
        parameters: [nameParameter],
      },
});

export const describeModelVersion = route({
  ...common,
  path: '/v2/models/:name/versions/:version',
  docs: import.meta.bundled
    ? undefined
    : {
        ...describe(),
        id: 'describeModelVersion',
        summary: 'Describe the inputs and outputs of one version of a model',
        parameters: [nameParameter, versionParameter],
      },
});

/** Of the requested version, or of the one that `stable` serves. */
async function answer(c: AppContext): Promise<Response> {
  const { models } = c.get('isolate');
  const name = modelNameOf(c);
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
    platform: PLATFORM,
    inputs: inputsOf(manifest.input),
    outputs: outputsOf(manifest),
  };
  return c.json(metadata);
}

function describe(): Omit<RouteDocs, 'id' | 'summary' | 'parameters'> {
  return {
    tag: 'open-inference',
    description: 'A request has one of the inputs. The dimension -1 is the number of images.',
    responses: protocolResponses(modelMetadataSchema, {
      name: release.model,
      versions: [release.version],
      platform: PLATFORM,
      inputs: inputsOf(release.input),
      outputs: outputsOf(release),
    }),
    problems: ['model-unknown', 'version-unknown', 'model-unavailable'],
  };
}
