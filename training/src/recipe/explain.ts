/** Turns zod's errors into messages with the option's path and, for a misspelled name, a suggestion. */
import { closest, distance } from 'fastest-levenshtein';
import { en } from 'zod/locales';
import * as z from 'zod/mini';

// Without a locale, every message of zod's small build is "Invalid input".
z.config(en());

/**
 * @param error of a parse with `reportInput`, because suggestions need the wrong value
 * @param schema that rejected the value
 */
export function explain(error: z.core.$ZodError, schema: z.ZodMiniType): string {
  return error.issues.map((issue) => explainIssue(issue, schema)).join('; ');
}

/** ` Did you mean "…"?` if one of the names is similar; otherwise empty. */
export function nearest(name: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const match = closest(name, known);
  return distance(name.toLowerCase(), match.toLowerCase()) <= Math.max(2, name.length / 3)
    ? ` Did you mean "${match}"?`
    : '';
}

function explainIssue(issue: z.core.$ZodIssue, schema: z.ZodMiniType): string {
  const place = issue.path.length > 0 ? `"${issue.path.join('.')}" ` : '';
  if (issue.code === 'unrecognized_keys') {
    const known = namesAt(schema, issue.path);
    return issue.keys
      .map((key) => `There is no option "${[...issue.path, key].join('.')}".${nearest(key, known)}`)
      .join(' ');
  }
  if (issue.code === 'invalid_union' && issue.discriminator) {
    const known = choicesAt(schema, issue.path, issue.discriminator);
    const { [issue.discriminator]: value } = issue.input as Record<string, unknown>;
    return `${place}must be one of ${known.join(', ')}.${nearest(String(value), known)}`;
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // Report the alternative with the fewest issues.
    const [best] = issue.errors.toSorted((a, b) => a.length - b.length);
    const inner = best!.map((one) => explainIssue({ ...one, path: [...issue.path, ...one.path] }, schema));
    if (inner.length > 0) return inner.join('; ');
  }
  return `${place}${issue.message}`;
}

/** The option names of the object at a path, in all variants. */
function namesAt(schema: z.ZodMiniType, path: readonly PropertyKey[]): string[] {
  return objectsAt(schema, path).flatMap((object) => Object.keys(object.def.shape));
}

/** The possible values of a discriminator. */
function choicesAt(schema: z.ZodMiniType, path: readonly PropertyKey[], discriminator: string): string[] {
  // zod's path may end in the discriminator.
  return objectsAt(schema, path.at(-1) === discriminator ? path.slice(0, -1) : path).flatMap((object) => {
    const { values } = (object.def.shape[discriminator] as z.ZodMiniLiteral<string>).def;
    return values;
  });
}

function objectsAt(schema: z.ZodMiniType, path: readonly PropertyKey[]): z.ZodMiniObject[] {
  const objects = objectsOf(schema);
  const [key, ...rest] = path;
  if (key === undefined) return objects;
  return objects.flatMap((object) => {
    const next = object.def.shape[key as string];
    return next ? objectsAt(next as z.ZodMiniType, rest) : [];
  });
}

/** Unwraps defaults, optionals, transforms, unions and arrays. */
function objectsOf(schema: z.ZodMiniType): z.ZodMiniObject[] {
  const { def } = schema as unknown as {
    def: {
      type: string;
      innerType?: z.ZodMiniType;
      out?: z.ZodMiniType;
      options?: z.ZodMiniType[];
      element?: z.ZodMiniType;
    };
  };
  if (def.type === 'object') return [schema as z.ZodMiniObject];
  return [def.innerType, def.out, def.element, ...(def.options ?? [])].flatMap((inner) =>
    inner ? objectsOf(inner) : [],
  );
}
