/** Names as people wrote them → the labels of a release, in their order. */
import { MAX_LABEL_LENGTH } from './limits.ts';
import { byCodePoint, invalid } from './listing.ts';

/**
 * Labels in Unicode's composed form (NFC), in order of code points: the index of a class is its place in this list.
 *
 * @param names distinct, as they stand on the disk or in the CSV
 * @returns the labels, and the class index of each name
 * @throws {TrainingError} `data-invalid` when two names are equal but for letter case or composition, which one disk keeps
 * apart and another does not; or when one is longer than a release takes
 */
export function classesOf(names: Iterable<string>): { labels: string[]; indexOf: ReadonlyMap<string, number> } {
  const seen = new Map<string, string>();
  for (const name of names) {
    if (name.length > MAX_LABEL_LENGTH) {
      throw invalid(
        `The class name "${name.slice(0, 40)}…" has ${name.length} characters; at most ${MAX_LABEL_LENGTH} are taken.`,
      );
    }
    const folded = fold(name);
    const other = seen.get(folded);
    if (other !== undefined) {
      const [a, b] = [other, name].sort(byCodePoint) as [string, string];
      throw invalid(
        `Two class names are the same but for ${a.normalize() === b.normalize() ? 'how their letters are composed in Unicode' : 'upper and lower case'}: ` +
          `${show(a)} and ${show(b)}. Rename one of them, or put their images together.`,
      );
    }
    seen.set(folded, name);
  }
  const sorted = [...seen.values()].map((name) => ({ name, label: name.normalize() }));
  sorted.sort((a, b) => byCodePoint(a.label, b.label));
  return {
    labels: sorted.map(({ label }) => label),
    indexOf: new Map(sorted.map(({ name }, index) => [name, index])),
  };
}

/** Up and down again: what only a full case folding equates, as ß and ss, meets on the way. */
function fold(name: string): string {
  return name.normalize().toUpperCase().toLowerCase().normalize();
}

/** With the code points of what is not ASCII, as the two names may look alike. */
function show(name: string): string {
  const points = [...name].filter((character) => character.codePointAt(0)! > 126);
  const hex = points.map((character) => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
  return hex.length === 0 ? `"${name}"` : `"${name}" (${hex.join(' ')})`;
}
