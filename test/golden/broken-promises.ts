/** What an OpenAPI document promised and a newer one does not: what a client that was generated from the first would miss. */

// biome-ignore lint/suspicious/noExplicitAny: a JSON document
type Json = any;

/** Keywords whose values are prose or presentation. */
const IGNORED = new Set(['summary', 'description', 'example', 'examples', 'title', 'tags', 'default']);

/**
 * Compares the paths of two documents, with their references resolved. Additions are fine, and so is another order.
 *
 * @param renamed a string in the older document → what it is now
 * @returns JSON pointers into the older document
 */
export function brokenPromises(older: Json, newer: Json, renamed: Readonly<Record<string, string>>): string[] {
  const resolve = (value: Json, root: Json): Json => {
    if (typeof value?.$ref !== 'string') return value;
    const keys: string[] = value.$ref.slice(2).split('/');
    return keys.reduce((found, key) => found?.[key.replaceAll('~1', '/')], root);
  };

  const compare = (before: Json, after: Json, pointer: string): string[] => {
    const [from, to] = [resolve(before, older), resolve(after, newer)];
    if (typeof from !== 'object' || from === null) {
      return (renamed[from] ?? from) === to ? [] : [`${pointer}: ${from}, now ${JSON.stringify(to)}`];
    }
    if (Array.isArray(from) !== Array.isArray(to) || typeof to !== 'object' || to === null) return [pointer];
    if (!Array.isArray(from)) {
      return Object.entries(from).flatMap(([key, value]) =>
        IGNORED.has(key) ? [] : compare(value, to[key], `${pointer}/${key.replaceAll('/', '~1')}`),
      );
    }
    return from.flatMap((item, i) => {
      const attempts: string[][] = to.map((candidate: Json) => compare(item, candidate, `${pointer}/${i}`));
      // The item that fits best.
      return attempts.toSorted((a, b) => a.length - b.length)[0] ?? [`${pointer}/${i}`];
    });
  };
  return compare(older.paths, newer.paths, '#/paths');
}
