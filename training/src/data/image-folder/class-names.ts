/** Turns class names from folders or a CSV into the labels of a release, in order. */
import { MAX_LABEL_LENGTH } from './limits.ts';
import { byCodePoint, invalid } from './listing.ts';

/**
 * Labels in Unicode's composed form (NFC), in order of code points. The index of a class is its position in this list.
 *
 * @param names distinct, as on the disk or in the CSV
 * @returns the labels, and the class index of each name
 * @throws {TrainingError} `data-invalid` if two names differ only in letter case or composition, which some file systems
 * distinguish and others do not; or if a name is longer than a release allows
 */
export function classesOf(names: Iterable<string>): { labels: string[]; indexOf: ReadonlyMap<string, number> } {
  const seen = new Map<string, string>();
  for (const name of names) {
    if (name.length > MAX_LABEL_LENGTH) {
      throw invalid(
        `The class name "${name.slice(0, 40)}…" has ${name.length} characters; the maximum is ${MAX_LABEL_LENGTH}.`,
      );
    }
    const folded = fold(name);
    const other = seen.get(folded);
    if (other !== undefined) {
      const [a, b] = [other, name].sort(byCodePoint) as [string, string];
      throw invalid(
        `Two class names differ only in ${a.normalize() === b.normalize() ? 'the Unicode composition of their letters' : 'letter case'}: ` +
          `${show(a)} and ${show(b)}. Rename one of them, or merge their images.`,
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

/** To upper and then lower case, so that letters such as ß and ss compare equal, as with full case folding. */
function fold(name: string): string {
  return name.normalize().toUpperCase().toLowerCase().normalize();
}

/** Shows the code points of characters outside of ASCII, because the two names may look alike. */
function show(name: string): string {
  const points = [...name].filter((character) => character.codePointAt(0)! > 126);
  const hex = points.map((character) => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
  return hex.length === 0 ? `"${name}"` : `"${name}" (${hex.join(' ')})`;
}
