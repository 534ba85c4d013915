/** What was found where the images are, before any of them is opened. */
import { TrainingError } from '../../training-error.ts';
import { MAX_CLASSES, MAX_IMAGES, MIN_CLASSES, MIN_IMAGES } from './limits.ts';

export type PartName = 'train' | 'validation' | 'test';
export const partNames: readonly PartName[] = ['train', 'validation', 'test'];

/** How people call the parts, as folders and in a CSV. */
export const partSpellings: ReadonlyMap<string, PartName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['test', 'test'],
]);

export interface ListedFile {
  /** Relative to the listing's root with `/` between folders, or absolute where a CSV says so. */
  readonly path: string;
  readonly class: number;
  /** Where the user decided it. */
  readonly part?: PartName;
  /** Bytes; 0 for what is not there. */
  readonly size: number;
  /** Times of the last change of content and of anything, ms since 1970. */
  readonly modified: number;
  readonly changed: number;
}

/** Entries that are no images of a class, by the reason. */
export interface Skipped {
  readonly why: string;
  readonly count: number;
  /** The first few paths. */
  readonly examples: readonly string[];
}

export interface Listing {
  /** Absolute. */
  readonly root: string;
  /** By class index. */
  readonly labels: readonly string[];
  /** By path, in order of code points, whatever order the file system gives. */
  readonly files: readonly ListedFile[];
  readonly skipped: readonly Skipped[];
}

const EXAMPLES = 3;

export class SkippedEntries {
  readonly #byReason = new Map<string, { count: number; examples: string[] }>();

  add(why: string, ...paths: string[]): void {
    this.#add(why, paths.length, paths);
  }

  addAll(others: SkippedEntries): void {
    for (const [why, { count, examples }] of others.#byReason) this.#add(why, count, examples);
  }

  #add(why: string, count: number, paths: readonly string[]): void {
    const entry = this.#byReason.get(why) ?? { count: 0, examples: [] };
    entry.count += count;
    entry.examples.push(...paths.slice(0, EXAMPLES - entry.examples.length));
    this.#byReason.set(why, entry);
  }

  list(): Skipped[] {
    return [...this.#byReason].map(([why, entry]) => ({ why, ...entry }));
  }
}

/** Order of Unicode code points. JavaScript's own is that of UTF-16, which puts emoji before some Chinese signs. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}

/** @throws {TrainingError} `data-invalid` when there are too few or too many classes or images, or an empty class */
export function checkListing({ labels, files, root }: Listing): void {
  const counts = new Uint32Array(labels.length);
  for (const file of files) counts[file.class]!++;
  checkClassCount(labels, root);
  const empty = labels.filter((_, index) => counts[index] === 0);
  if (empty.length > 0) {
    throw invalid(
      `${nameSome(empty)} in ${root} ${empty.length === 1 ? 'has' : 'have'} no images. Add some, or remove the folder.`,
    );
  }
  checkImageCount(files.length, root);
}

function checkClassCount(labels: readonly string[], root: string): void {
  if (labels.length < MIN_CLASSES) {
    const found = labels.length === 0 ? 'no class' : `one class only, "${labels[0]}"`;
    throw invalid(
      `${root} holds ${found}; a classifier needs at least ${MIN_CLASSES}. Put each class's images into a folder of its own: ${root}/cat/1.jpg, ${root}/dog/1.jpg.`,
    );
  }
  if (labels.length > MAX_CLASSES) {
    throw invalid(
      `${root} holds ${labels.length} classes; at most ${MAX_CLASSES} are taken. Is each folder really a class?`,
    );
  }
}

export function checkImageCount(count: number, root: string): void {
  if (count < MIN_IMAGES) {
    throw invalid(
      `${root} holds ${count} images; at least ${MIN_IMAGES} are needed, and 100 a class are a fair start.`,
    );
  }
  if (count > MAX_IMAGES) {
    throw invalid(
      `${root} holds more than ${MAX_IMAGES.toLocaleString('en')} images, the most that are taken. Take a part of them.`,
    );
  }
}

export function invalid(message: string): TrainingError {
  return new TrainingError('data-invalid', message);
}

const NAMED = 5;

/** For people: `The classes "a" and "b"`, `The classes "a", … and 3 more`. */
export function nameSome(labels: readonly string[]): string {
  const quoted = labels.slice(0, NAMED).map((label) => `"${label}"`);
  const more = labels.length > NAMED ? ` and ${labels.length - NAMED} more` : '';
  return `The class${labels.length === 1 ? '' : 'es'} ${quoted.join(', ')}${more}`;
}
