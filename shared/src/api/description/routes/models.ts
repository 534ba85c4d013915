/** What there is to classify with: models, their releases, and the files of these. */
import * as z from 'zod/mini';
import { manifestSchema } from '../../../release/manifest.ts';
import { fileNameSchema, nameSchema, versionSchema } from '../../../release/names.ts';
import { modelListSchema, modelSchema } from '../../models.ts';
import type { Parameter, Route } from '../route.ts';
import { release } from './examples.ts';

const name: Parameter = {
  in: 'path',
  name: 'name',
  description: 'Of the model.',
  schema: nameSchema,
  example: release.model,
};
const version: Parameter = {
  in: 'path',
  name: 'version',
  description: 'One that a channel of the model names.',
  schema: versionSchema,
  example: release.version,
};

const immutable = {
  ETag: 'The SHA-256 of the content, in hex.',
  'Cache-Control': 'What has a version never changes.',
};
const unchanged = { status: 304, description: 'As the `ETag` of `If-None-Match` says.', headers: immutable } as const;
const channels = { stable: { version: release.version } };

export const listModels: Route = {
  method: 'get',
  path: '/v1/models',
  id: 'listModels',
  tag: 'models',
  summary: 'List the models',
  description: 'Those of the store; of a model whose channels cannot be read, none are listed.',
  answers: [
    {
      status: 200,
      description: 'Those that have a release, and what each channel serves.',
      content: {
        'application/json': {
          schema: modelListSchema,
          examples: { one: { models: [{ name: release.model, channels }], default: release.model } },
        },
      },
    },
  ],
  problems: ['model-unavailable'],
};

export const showModel: Route = {
  method: 'get',
  path: '/v1/models/{name}',
  id: 'showModel',
  tag: 'models',
  summary: 'Show a model',
  description: 'What it is called with: its channels; and what `stable` takes and answers.',
  parameters: [name],
  answers: [
    {
      status: 200,
      description: 'Its channels, and the release of `stable`.',
      content: {
        'application/json': { schema: modelSchema, examples: { cifar10: { name: release.model, channels, release } } },
      },
    },
  ],
  problems: ['model-unknown', 'model-unavailable'],
};

export const showRelease: Route = {
  method: 'get',
  path: '/v1/models/{name}/releases/{version}',
  id: 'showRelease',
  tag: 'models',
  summary: 'Show a release',
  description: 'Its `release.json`, byte for byte. A version that no channel names any more is not served.',
  parameters: [name, version],
  answers: [
    {
      status: 200,
      description: 'The manifest.',
      headers: immutable,
      content: { 'application/json': { schema: manifestSchema, examples: { cifar10: release } } },
    },
    unchanged,
  ],
  problems: ['model-unknown', 'version-unknown', 'model-unavailable'],
};

export const downloadFile: Route = {
  method: 'get',
  path: '/v1/models/{name}/releases/{version}/files/{file}',
  id: 'downloadFile',
  tag: 'models',
  summary: 'Download a file of a release',
  description:
    'Those that the manifest names, and `release.json` itself: `tf.loadLayersModel` takes the address of `model.json`.',
  parameters: [
    name,
    version,
    { in: 'path', name: 'file', description: 'Its name.', schema: fileNameSchema, example: 'model.json' },
    {
      in: 'header',
      name: 'Range',
      description: 'One range of bytes; several, and other units, are passed over.',
      schema: z.optional(z.string()),
      example: 'bytes=0-1023',
    },
  ],
  answers: [
    {
      status: 200,
      description: 'The file.',
      headers: immutable,
      content: {
        'application/octet-stream': { binary: true },
        'application/json': { schema: z.looseObject({}), examples: { head: { format: 'layers-model' } } },
      },
    },
    {
      status: 206,
      description: 'The bytes that `Range` asks for.',
      headers: { ...immutable, 'Content-Range': 'Which bytes of how many.' },
      content: { 'application/octet-stream': { binary: true } },
    },
    unchanged,
  ],
  problems: ['model-unknown', 'version-unknown', 'file-unknown', 'range-unsatisfiable', 'model-unavailable'],
};
