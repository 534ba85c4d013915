/** `GET /v1/models/{name}/releases/{version}`: its release.json, byte for byte. */
import { manifestSchema } from '@glimpse/shared/release/manifest';
import { sha256 } from '@glimpse/shared/release/sha256';
import { matches } from '../body/entity-tag.ts';
import type { AppContext } from '../context.ts';
import { releaseOf } from './path-parameters.ts';
import { route } from './route.ts';
import { immutable, nameParameter, notModified, release, versionParameter } from './route-docs.ts';

/**
 * A version never changes. Proxies must not change its bytes either (`no-transform`): the entity tag is their hash, and
 * ranges refer to them.
 */
export const IMMUTABLE = 'public, max-age=31536000, immutable, no-transform';

export const showRelease = route({
  method: 'GET',
  path: '/v1/models/:name/releases/:version',
  scope: 'any',
  errorShape: 'problem',
  handler: answerManifest,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'showRelease',
        tag: 'models',
        summary: 'Show a release',
        description: 'Its `release.json`, byte for byte. A version is served while a channel serves it.',
        parameters: [nameParameter, versionParameter],
        responses: [
          {
            status: 200,
            description: 'The manifest.',
            headers: immutable,
            content: { 'application/json': { schema: manifestSchema, examples: { cifar10: release } } },
          },
          notModified(immutable),
        ],
        problems: ['parameter-invalid', 'model-unknown', 'version-unknown', 'model-unavailable'],
      },
});

export async function answerManifest(c: AppContext): Promise<Response> {
  const { object } = await releaseOf(c);
  const etag = `"${await sha256(object.bytes)}"`;
  const headers = { ETag: etag, 'Cache-Control': IMMUTABLE };
  if (matches(c.req.header('If-None-Match') ?? null, etag)) return c.body(null, 304, headers);
  return c.body(object.bytes, 200, { ...headers, 'Content-Type': 'application/json' });
}
