/** The Open Inference Protocol, version 2. */
import type * as z from 'zod/mini';
import {
  inferAnswerSchema,
  inferRequestSchema,
  liveSchema,
  modelMetadataSchema,
  modelReadySchema,
  readySchema,
  serverMetadataSchema,
} from '../../open-inference.ts';
import type { Parameter, Route } from '../route.ts';
import { classification, onePixel, release } from './examples.ts';
import { name, version } from './models.ts';

const shape = [-1, release.input.height, release.input.width, release.input.channels];
const classes = release.labels.length;
const [best] = classification.predictions as [(typeof classification.predictions)[number]];

type Described = Pick<Route, 'path' | 'id' | 'summary' | 'description'>;

function get(described: Described, schema: z.ZodMiniType, example: unknown): Route {
  const content = { 'application/json': { schema, examples: { example } } };
  const answers = [{ status: 200, description: 'As the protocol has it.', content }] as const;
  return { ...described, method: 'get', tag: 'open-inference', answers, problems: [], errorsAsText: true };
}

/** Each route of a model is there for what `stable` serves, and for a version. */
function ofModel(route: Route): Route[] {
  const { path, id, summary } = route;
  const each = (to: string, parameters: Parameter[], suffix: string) => ({
    ...route,
    path: path.replace('{name}', to),
    id: `${id}${suffix}`,
    summary: suffix === '' ? summary : `${summary}: one version`,
    parameters,
  });
  return [each('{name}', [name], ''), each('{name}/versions/{version}', [name, version], 'Version')];
}

const infer: Route = {
  method: 'post',
  path: '/v2/models/{name}/infer',
  id: 'infer',
  tag: 'open-inference',
  summary: 'Classify images',
  description:
    'One input: `picture` (BYTES: files; in JSON as base64), `pixels` (UINT8, in the model’s own size) or `tensor` (FP32, ' +
    'normalized as the release says). A tensor may follow the JSON in binary (`Inference-Header-Content-Length`); ' +
    'answers are JSON. The output `scores` takes the parameter `classification`: so many of the best, as `score:index:label`.',
  body: {
    description: 'Up to 32 images, unless the owner set another limit.',
    content: {
      'application/json': {
        schema: inferRequestSchema,
        examples: {
          picture: { inputs: [{ name: 'picture', datatype: 'BYTES', shape: [1], data: [onePixel] }] },
        },
      },
    },
  },
  answers: [
    {
      status: 200,
      description: 'The outputs.',
      headers: { 'Server-Timing': 'Milliseconds of `decode`, `infer` and `total`.' },
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
  errorsAsText: true,
};

const describeServer: Described = {
  path: '/v2',
  id: 'describeServer',
  summary: 'Who answers?',
  description: 'Name, version, and the extensions of the protocol that are understood.',
};
const isLive: Described = {
  path: '/v2/health/live',
  id: 'isLive',
  summary: 'Is the Worker alive?',
  description: 'Asks nothing of the store or the configuration.',
};
const isServerReady: Described = {
  path: '/v2/health/ready',
  id: 'isServerReady',
  summary: 'Does the default model answer?',
  description: "Loads the default model's release.",
};
const describeModel: Described = {
  path: '/v2/models/{name}',
  id: 'describeModel',
  summary: 'What does a model take and give?',
  description: 'Its inputs are alternatives: a request has one of them. A dimension of -1 is the number of images.',
};
const isModelReady: Described = {
  path: '/v2/models/{name}/ready',
  id: 'isModelReady',
  summary: 'Does a model answer?',
  description: "Loads the model's release.",
};

export const openInferenceRoutes: readonly Route[] = [
  get(describeServer, serverMetadataSchema, {
    name: 'glimpse',
    version: '0.1.0',
    extensions: ['classification', 'binary_tensor_data'],
  }),
  get(isLive, liveSchema, { live: true }),
  {
    ...get(isServerReady, readySchema, { ready: true }),
    problems: ['busy', 'out-of-time', 'model-unavailable'],
  },
  ...ofModel({
    ...get(describeModel, modelMetadataSchema, {
      name: release.model,
      versions: [release.version],
      platform: 'tensorflow_tfjs',
      inputs: [
        { name: 'picture', datatype: 'BYTES', shape: [-1] },
        { name: 'pixels', datatype: 'UINT8', shape },
        { name: 'tensor', datatype: 'FP32', shape },
      ],
      outputs: [
        { name: 'scores', datatype: 'FP32', shape: [-1, classes] },
        { name: 'label', datatype: 'BYTES', shape: [-1] },
        { name: 'index', datatype: 'INT32', shape: [-1] },
      ],
    }),
    problems: ['model-unknown', 'version-unknown', 'model-unavailable'],
  }),
  ...ofModel({
    ...get(isModelReady, modelReadySchema, {
      name: release.model,
      ready: true,
    }),
    problems: ['model-unknown', 'version-unknown', 'busy', 'out-of-time', 'model-unavailable'],
  }),
  ...ofModel(infer),
];
