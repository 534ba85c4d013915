/** `GET /v1/models/{name}/releases/{version}`: its release.json, byte for byte. */
import { Problem } from '@glimpse/shared/api/problems';
import { nameSchema, versionSchema } from '@glimpse/shared/release/names';
import { sha256 } from '@glimpse/shared/release/sha256';
import { matches } from '../body/entity-tag.ts';
import type { AppContext } from '../context.ts';

/**
 * A version never changes. Nor may a proxy change its bytes on the way (`no-transform`): their hash is the entity tag,
 * and ranges count in them.
 */
export const IMMUTABLE = 'public, max-age=31536000, immutable, no-transform';

export async function showRelease(c: AppContext): Promise<Response> {
  const { object } = await releaseOf(c);
  const etag = `"${await sha256(object.bytes)}"`;
  const headers = { ETag: etag, 'Cache-Control': IMMUTABLE };
  if (matches(c.req.header('If-None-Match') ?? null, etag)) return c.body(null, 304, headers);
  return c.body(object.bytes, 200, { ...headers, 'Content-Type': 'application/json' });
}

/** @throws {Problem} model-unknown, version-unknown */
export function releaseOf(c: AppContext) {
  const name = c.req.param('name') ?? '';
  const version = c.req.param('version') ?? '';
  if (!nameSchema.safeParse(name).success) {
    throw new Problem('model-unknown', 'A model has a name of 1 to 64 of a-z, 0-9 and -; GET /v1/models lists them.');
  }
  if (!versionSchema.safeParse(version).success) {
    throw new Problem(
      'version-unknown',
      `A version looks like 20261125T0312Z-ab12cd34; GET /v1/models/${name} names some.`,
    );
  }
  return c.get('isolate').models.release(name, version, c.executionCtx);
}
