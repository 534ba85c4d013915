/**
 * Parses the JSON of a body. Parsed values need up to 16 times the memory of their text (`[1,1,1,…`), so they are counted
 * before parsing: each value except the first follows a comma, a bracket or a brace. That also limits the depth.
 */
import { Problem } from '@glimpse/shared/api/problems';
import type * as z from 'zod/mini';

/** Enough for a few members, including commas in strings. */
const MAX_VALUES = 2_000;

/**
 * @param maxValues objects, arrays and everything in them; commas and brackets in strings count too
 * @param expected for the message: what to send instead
 * @throws {Problem} body-malformed
 */
export function parseJson<Schema extends z.ZodMiniType>(
  bytes: Uint8Array,
  schema: Schema,
  { maxValues = MAX_VALUES, expected }: { readonly maxValues?: number; readonly expected: string },
): z.output<Schema> {
  if (hasMoreThan(bytes, maxValues)) {
    throw new Problem('body-malformed', `The JSON has more than ${maxValues} values; ${expected}`);
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
  throw new Problem('body-malformed', `The JSON is invalid (${where}${issue?.message}); ${expected}`);
}

function hasMoreThan(bytes: Uint8Array, maxValues: number): boolean {
  let values = 1;
  for (const separator of ',[{') {
    const code = separator.charCodeAt(0);
    for (let at = bytes.indexOf(code); at >= 0; at = bytes.indexOf(code, at + 1)) if (++values > maxValues) return true;
  }
  return false;
}
