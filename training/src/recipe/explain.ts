/** What zod found wrong, in words that say where, and which name was probably meant. */
import { closest, distance } from 'fastest-levenshtein';
import { en } from 'zod/locales';
import * as z from 'zod/mini';

// Without it, all that zod's small build has to say is "Invalid input".
z.config(en());

/**
 * @param error of a parse with `reportInput`, so that a wrong value can be held against the right ones
 * @param schema that refused the value
 */
export function explain(error: z.core.$ZodError, schema: z.ZodMiniType): string {
  return error.issues.map((issue) => explainIssue(issue, schema)).join('; ');
}

/** ` Did you mean "…"?` where one of the names is near; nothing elsewhere. */
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
    return `${place}is none of ${known.join(', ')}.${nearest(String(value), known)}`;
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // What comes nearest to being right has the fewest faults.
    const [best] = issue.errors.toSorted((a, b) => a.length - b.length);
    const inner = best!.map((one) => explainIssue({ ...one, path: [...issue.path, ...one.path] }, schema));
    if (inner.length > 0) return inner.join('; ');
  }
  return `${place}${issue.message}`;
}

/** The names of the options of the object at a path, over all its forms. */
function namesAt(schema: z.ZodMiniType, path: readonly PropertyKey[]): string[] {
  return objectsAt(schema, path).flatMap((object) => Object.keys(object.def.shape));
}

/** The values of the option that tells an object's forms apart. */
function choicesAt(schema: z.ZodMiniType, path: readonly PropertyKey[], discriminator: string): string[] {
  // zod names the option within the path.
  return objectsAt(schema, path.at(-1) === discriminator ? path.slice(0, -1) : path).flatMap((object) => {
    const { values } = (object.def.shape[discriminator] as z.ZodMiniLiteral<string>).def;
    return values;
  });
}

function objectsAt(schema: z.ZodMiniType, path: readonly PropertyKey[]): z.ZodMiniObject[] {
  const objects = objectsOf(schema);
  const [step, ...rest] = path;
  if (step === undefined) return objects;
  return objects.flatMap((object) => {
    const next = object.def.shape[step as string];
    return next ? objectsAt(next as z.ZodMiniType, rest) : [];
  });
}

/** Looks through what wraps an object: defaults, optional, transformations, unions, arrays. */
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
