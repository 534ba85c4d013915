/**
 * JSON of a body. Values take up to sixteen times the memory of their text (`[1,1,1,…`), so they are counted before they
 * are made: each but the first stands behind a comma, a bracket or a brace. That bounds how deep it is, too.
 */
import { Problem } from '@glimpse/shared/api/problems';
import type * as z from 'zod/mini';

/** Enough for a few members, with commas in a text among them. */
const MAX_VALUES = 2_000;

/**
 * @param maxValues of objects, arrays and everything in them; commas and brackets in strings count as well
 * @param expected what should have been sent, for whoever sent something else
 * @throws {Problem} body-malformed
 */
export function parseJson<Schema extends z.ZodMiniType>(
  bytes: Uint8Array,
  schema: Schema,
  { maxValues = MAX_VALUES, expected }: { readonly maxValues?: number; readonly expected: string },
): z.output<Schema> {
  if (hasMoreThan(bytes, maxValues)) {
    throw new Problem('body-malformed', `The JSON has more values than the ${maxValues} that are taken; ${expected}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch (cause) {
    throw new Problem('body-malformed', `The body is not JSON; ${expected}`, { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  throw new Problem('body-malformed', `The JSON is not as it should be (${where}${issue?.message}); ${expected}`);
}

function hasMoreThan(bytes: Uint8Array, maxValues: number): boolean {
  let values = 1;
  for (const separator of ',[{') {
    const code = separator.charCodeAt(0);
    for (let at = bytes.indexOf(code); at >= 0; at = bytes.indexOf(code, at + 1)) if (++values > maxValues) return true;
  }
  return false;
}
