/** `GET /v1/models/{name}/releases/{version}/files/{file}`: a file that the manifest lists, or the manifest itself. */
import { Problem } from '@glimpse/shared/api/problems';
import { fileNameSchema } from '@glimpse/shared/release/names';
import * as z from 'zod/mini';
import { type ByteRange, readRange } from '../body/byte-range.ts';
import { matches } from '../body/entity-tag.ts';
import type { AppContext } from '../context.ts';
import { releaseOf } from './path-parameters.ts';
import { route } from './route.ts';
import { immutable, nameParameter, notModified, versionParameter } from './route-docs.ts';
import { answerManifest, IMMUTABLE } from './show-release.ts';

export const downloadFile = route({
  method: 'GET',
  path: '/v1/models/:name/releases/:version/files/:file',
  scope: 'read',
  errorShape: 'problem',
  handler: answer,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'downloadFile',
        tag: 'models',
        summary: 'Download a file of a release',
        description:
          'A file that the manifest lists, or `release.json`. `tf.loadLayersModel` loads a model from the address of its `model.json`.',
        parameters: [
          nameParameter,
          versionParameter,
          {
            in: 'path',
            name: 'file',
            description: 'The name of the file.',
            schema: fileNameSchema,
            example: 'model.json',
          },
          {
            in: 'header',
            name: 'Range',
            description: 'One range of bytes. Several ranges and other units are ignored.',
            schema: z.optional(z.string()),
            example: 'bytes=0-1023',
          },
        ],
        responses: [
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
            description: 'The bytes that `Range` requests.',
            headers: { ...immutable, 'Content-Range': 'Which bytes, and the size of the file.' },
            content: { 'application/octet-stream': { binary: true } },
          },
          notModified(immutable),
        ],
        problems: [
          'parameter-invalid',
          'model-unknown',
          'version-unknown',
          'file-unknown',
          'range-unsatisfiable',
          'model-unavailable',
        ],
      },
});

async function answer(c: AppContext): Promise<Response> {
  const path = c.req.param('file') ?? '';
  if (path === 'release.json') return answerManifest(c);
  const { manifest } = await releaseOf(c);
  const file = manifest.files.find((entry) => entry.path === path);
  if (!file) {
    const names = ['release.json', ...manifest.files.map((entry) => entry.path)].slice(0, 5).join(', ');
    throw new Problem('file-unknown', `The release has no such file. It has ${names}.`);
  }
  const etag = `"${file.sha256}"`;
  const headers = { ETag: etag, 'Cache-Control': IMMUTABLE, 'Accept-Ranges': 'bytes' };
  if (matches(c.req.header('If-None-Match') ?? null, etag)) return c.body(null, 304, headers);

  // A range of different content is useless to a client that already has part of it, so it gets the whole file.
  const condition = c.req.header('If-Range');
  const asked = condition === undefined || condition === etag ? (c.req.header('Range') ?? null) : null;
  const range = readRange(asked, file.size);
  if (range === 'unsatisfiable') {
    c.header('Content-Range', `bytes */${file.size}`);
    throw new Problem('range-unsatisfiable', `The file has ${file.size} bytes.`, { extensions: { size: file.size } });
  }
  const part: ByteRange = range ?? { offset: 0, length: file.size };
  const described = {
    ...headers,
    // Part of a JSON file is not JSON.
    'Content-Type': path.endsWith('.json') && !range ? 'application/json' : 'application/octet-stream',
    'Content-Length': String(part.length),
    ...(range ? { 'Content-Range': `bytes ${part.offset}-${part.offset + part.length - 1}/${file.size}` } : {}),
  };
  const status = range ? 206 : 200;
  if (c.req.raw.method === 'HEAD') return c.body(null, status, described);
  const body = await c.get('isolate').models.openFile(manifest, path, range);
  // Declares the length, and fails if the store sends a different one.
  return c.body(body.pipeThrough(new FixedLengthStream(part.length)), status, described);
}
