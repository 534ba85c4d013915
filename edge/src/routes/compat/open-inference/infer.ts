/** `POST /v2/models/{name}[/versions/{version}]/infer`: several images in, their scores out. */
import { type InferAnswer, inferAnswerSchema, inferRequestSchema } from '@glimpse/shared/api/open-inference';
import { Problem } from '@glimpse/shared/api/problems';
import { classifyWith, failTogether } from '../../../classify/pipeline.ts';
import { modelNameOf } from '../../path-parameters.ts';
import { type RouteDocs, route } from '../../route.ts';
import { classification, nameParameter, onePixel, release, serverTiming, versionParameter } from '../../route-docs.ts';
import { type MakeOutputs, readOutputs } from './infer-outputs.ts';
import { readInferRequest } from './infer-request.ts';

const handler = classifyWith({
  parse({ c, body, signal }) {
    refuseCompressed(c.req.header('Content-Encoding'));
    let id: string | undefined;
    let makeOutputs: MakeOutputs;
    return {
      selector: { model: modelNameOf(c), version: c.req.param('version') },
      async images({ manifest }) {
        const { queue, settings } = c.get('isolate');
        const headerLength = c.req.header('Inference-Header-Content-Length');
        // In a turn of its own: parsing takes memory, as decoding does.
        const request = await queue.run(
          () => readInferRequest(body, headerLength, manifest.input, settings.limits.MAX_BATCH_IMAGES),
          signal,
        );
        // The images hold the part of the body that they need.
        body.bytes = new Uint8Array(0);
        id = request.id;
        makeOutputs = readOutputs(request.outputs, manifest);
        return request.images.map((open) => ({ open, topK: manifest.labels.length }));
      },
      respond: (images, { manifest }): InferAnswer => ({
        ...(id === undefined ? {} : { id }),
        model_name: manifest.model,
        model_version: manifest.version,
        outputs: makeOutputs(images.map(({ predictions }) => predictions)),
      }),
    };
  },
  settle: failTogether,
});

const common = { method: 'POST', scope: 'classify', errorShape: 'text', handler } as const;

export const infer = route({
  ...common,
  path: '/v2/models/:name/infer',
  docs: import.meta.bundled
    ? undefined
    : { ...describe(), id: 'infer', summary: 'Classify images', parameters: [nameParameter] },
});

export const inferVersion = route({
  ...common,
  path: '/v2/models/:name/versions/:version/infer',
  docs: import.meta.bundled
    ? undefined
    : {
        ...describe(),
        id: 'inferVersion',
        summary: 'Classify images with one version of a model',
        parameters: [nameParameter, versionParameter],
      },
});

/** Decompressed, a body can be a thousand times as large. */
function refuseCompressed(encoding = 'identity'): void {
  if (encoding.toLowerCase() === 'identity') return;
  throw new Problem('body-malformed', 'Compressed bodies are not supported. Send the body without Content-Encoding.');
}

function describe(): Omit<RouteDocs, 'id' | 'summary' | 'parameters'> {
  const best = classification.predictions[0]!;
  return {
    tag: 'open-inference',
    description:
      'Send one input: `picture` (BYTES: image files, as base64 in JSON), `pixels` (UINT8, in the model’s input size) ' +
      'or `tensor` (FP32, normalized as the release says). The tensor can follow the JSON in binary ' +
      '(`Inference-Header-Content-Length`); answers are JSON. The output `scores` has the parameter `classification`: ' +
      'return that many of the best classes, as `score:index:label`.',
    request: {
      description: 'Up to 32 images, unless the owner configured another limit.',
      content: {
        'application/json': {
          schema: inferRequestSchema,
          examples: { picture: { inputs: [{ name: 'picture', datatype: 'BYTES', shape: [1], data: [onePixel] }] } },
        },
      },
    },
    responses: [
      {
        status: 200,
        description: 'The outputs.',
        headers: serverTiming,
        content: {
          'application/json': {
            schema: inferAnswerSchema,
            examples: {
              cat: {
                model_name: release.model,
                model_version: release.version,
                outputs: [
                  { name: 'label', datatype: 'BYTES', shape: [1], data: [best.label] },
                  { name: 'index', datatype: 'INT32', shape: [1], data: [best.index] },
                ],
              },
            },
          },
        },
      },
    ],
    problems: [
      'body-malformed',
      'model-unknown',
      'version-unknown',
      'body-too-slow',
      'body-too-large',
      'batch-too-large',
      'image-too-many-pixels',
      'image-unsupported',
      'image-undecodable',
      'busy',
      'out-of-time',
      'model-unavailable',
    ],
  };
}
