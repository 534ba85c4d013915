/** The parameters of a path, validated. */
import { Problem } from '@glimpse/shared/api/problems';
import { nameSchema, versionSchema } from '@glimpse/shared/release/names';
import type { AppContext } from '../context.ts';

/** @throws {Problem} model-unknown, if no model can have that name */
export function modelNameOf(c: AppContext): string {
  const name = c.req.param('name') ?? '';
  if (nameSchema.safeParse(name).success) return name;
  throw new Problem(
    'model-unknown',
    'A model name has 1 to 64 characters of a-z, 0-9 and -. GET /v1/models lists the models.',
  );
}

/** @throws {Problem} model-unknown, version-unknown */
export function releaseOf(c: AppContext) {
  const name = modelNameOf(c);
  const version = c.req.param('version') ?? '';
  if (!versionSchema.safeParse(version).success) {
    throw new Problem(
      'version-unknown',
      `A version looks like 20261125T0312Z-ab12cd34. GET /v1/models/${name} lists the versions.`,
    );
  }
  return c.get('isolate').models.release(name, version, c.executionCtx);
}
