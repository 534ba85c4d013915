/** `GET /v1/models/{name}/releases/{version}/files/{file}`: what the manifest names, and the manifest itself. */
import { Problem } from '@glimpse/shared/api/problems';
import { type ByteRange, readRange } from '../body/byte-range.ts';
import { matches } from '../body/entity-tag.ts';
import type { AppContext } from '../context.ts';
import { IMMUTABLE, releaseOf, showRelease } from './show-release.ts';

export async function downloadFile(c: AppContext): Promise<Response> {
  const path = c.req.param('file') ?? '';
  if (path === 'release.json') return showRelease(c);
  const { manifest } = await releaseOf(c);
  const file = manifest.files.find((entry) => entry.path === path);
  if (!file) {
    const names = ['release.json', ...manifest.files.map((entry) => entry.path)].slice(0, 5).join(', ');
    throw new Problem('file-unknown', `The release has no such file; it has ${names}.`);
  }
  const etag = `"${file.sha256}"`;
  const headers = { ETag: etag, 'Cache-Control': IMMUTABLE, 'Accept-Ranges': 'bytes' };
  if (matches(c.req.header('If-None-Match') ?? null, etag)) return c.body(null, 304, headers);

  // A part of something else is no use: whoever has a part of another content gets the whole.
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
    // A part of JSON is none.
    'Content-Type': path.endsWith('.json') && !range ? 'application/json' : 'application/octet-stream',
    'Content-Length': String(part.length),
    ...(range ? { 'Content-Range': `bytes ${part.offset}-${part.offset + part.length - 1}/${file.size}` } : {}),
  };
  const status = range ? 206 : 200;
  if (c.req.raw.method === 'HEAD') return c.body(null, status, described);
  const body = await c.get('isolate').models.openFile(manifest, path, range);
  // Says the length, and breaks off where the store sends another.
  return c.body(body.pipeThrough(new FixedLengthStream(part.length)), status, described);
}
