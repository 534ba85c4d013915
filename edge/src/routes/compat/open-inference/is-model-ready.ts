/** `GET /v2/models/{name}[/versions/{version}]/ready`: loads the model's release; 503 if it cannot. */
import { modelReadySchema } from '@glimpse/shared/api/open-inference';
import { withinAnswerTime } from '../../../body/deadline.ts';
import { acquireRelease } from '../../../classify/pipeline.ts';
import type { AppContext } from '../../../context.ts';
import { modelNameOf } from '../../path-parameters.ts';
import { type RouteDocs, route } from '../../route.ts';
import { nameParameter, protocolResponses, release, versionParameter } from '../../route-docs.ts';

const common = { method: 'GET', scope: 'any', errorShape: 'text', handler: answer } as const;

export const isModelReady = route({
  ...common,
  path: '/v2/models/:name/ready',
  docs: import.meta.bundled
    ? undefined
    : { ...describe(), id: 'isModelReady', summary: 'Check whether a model is ready', parameters: [nameParameter] },
});

export const isModelVersionReady = route({
  ...common,
  path: '/v2/models/:name/versions/:version/ready',
  docs: import.meta.bundled
    ? undefined
    : {
        ...describe(),
        id: 'isModelReadyVersion',
        summary: 'Check whether one version of a model is ready',
        parameters: [nameParameter, versionParameter],
      },
});

async function answer(c: AppContext): Promise<Response> {
  const selector = { model: modelNameOf(c), version: c.req.param('version') };
  return withinAnswerTime(c.req.raw, c.get('isolate').settings.limits.ANSWER_SECONDS, async (signal) => {
    const lease = await acquireRelease(c, selector, signal);
    lease.release();
    return c.json({ name: lease.manifest.model, ready: true });
  });
}

function describe(): Omit<RouteDocs, 'id' | 'summary' | 'parameters'> {
  return {
    tag: 'open-inference',
    description: "Loads the model's release.",
    responses: protocolResponses(modelReadySchema, { name: release.model, ready: true }),
    problems: ['model-unknown', 'version-unknown', 'busy', 'out-of-time', 'model-unavailable'],
  };
}
