/** The model that a path names. */
import { Problem } from '@glimpse/shared/api/problems';
import { nameSchema } from '@glimpse/shared/release/names';
import type { AppContext } from '../../context.ts';

/** @throws {Problem} model-unknown, where no model can have that name */
export function readModelName(c: AppContext): string {
  const name = c.req.param('name') ?? '';
  if (nameSchema.safeParse(name).success) return name;
  throw new Problem('model-unknown', 'A model has a name of 1 to 64 of a-z, 0-9 and -; GET /v1/models lists them.');
}
