/** The list of images in a folder or CSV, before any image is opened. */
import { TrainingError } from '../../training-error.ts';
import { MAX_CLASSES, MAX_IMAGES, MIN_CLASSES, MIN_IMAGES } from './limits.ts';

export type PartName = 'train' | 'validation' | 'test';
export const partNames: readonly PartName[] = ['train', 'validation', 'test'];

/** Accepted names of the parts, for folders and in a CSV. */
export const partSpellings: ReadonlyMap<string, PartName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['test', 'test'],
]);

export interface ListedFile {
  /** Relative to the listing's root and separated by `/`, or absolute if a CSV says so. */
  readonly path: string;
  readonly class: number;
  /** Set if the user chose the part. */
  readonly part?: PartName;
  /** In bytes; 0 if the file is missing. */
  readonly size: number;
  /** Last change of content (mtime) and of content or metadata (ctime), in ms since 1970. */
  readonly modified: number;
  readonly changed: number;
}

/** Entries that are not images of a class, grouped by reason. */
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
  /** Sorted by path in order of code points, regardless of the file system's order. */
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

/** Order of Unicode code points. JavaScript compares UTF-16, which sorts emoji before some Chinese characters. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates encode the code points above all others. */
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}

/** @throws {TrainingError} `data-invalid` if there are too few or too many classes or images, or an empty class */
export function checkListing({ labels, files, root }: Listing): void {
  const counts = new Uint32Array(labels.length);
  for (const file of files) counts[file.class]!++;
  checkClassCount(labels, root);
  const empty = labels.filter((_, index) => counts[index] === 0);
  if (empty.length > 0) {
    throw invalid(
      `${nameSome(empty)} in ${root} ${empty.length === 1 ? 'has' : 'have'} no images. Add some, or remove the class.`,
    );
  }
  checkImageCount(files.length, root);
}

function checkClassCount(labels: readonly string[], root: string): void {
  if (labels.length < MIN_CLASSES) {
    const found = labels.length === 0 ? 'no classes' : `only one class, "${labels[0]}"`;
    throw invalid(
      `${root} has ${found}; a classifier needs at least ${MIN_CLASSES}. Put the images of each class into their own folder: ${root}/cat/1.jpg, ${root}/dog/1.jpg.`,
    );
  }
  if (labels.length > MAX_CLASSES) {
    throw invalid(
      `${root} has ${labels.length} classes; the maximum is ${MAX_CLASSES}. Check that each folder is a class.`,
    );
  }
}

export function checkImageCount(count: number, root: string): void {
  if (count < MIN_IMAGES) {
    throw invalid(
      `${root} has ${count} images; at least ${MIN_IMAGES} are needed, and 100 per class are a good start.`,
    );
  }
  if (count > MAX_IMAGES) {
    throw invalid(`${root} has more than ${MAX_IMAGES.toLocaleString('en')} images, the maximum. Use a subset.`);
  }
}

export function invalid(message: string): TrainingError {
  return new TrainingError('data-invalid', message);
}

const NAMED = 5;

/** For messages: `The class "a"`, `The classes "a", "b" and 3 more`. */
export function nameSome(labels: readonly string[]): string {
  const quoted = labels.slice(0, NAMED).map((label) => `"${label}"`);
  const more = labels.length > NAMED ? ` and ${labels.length - NAMED} more` : '';
  return `The class${labels.length === 1 ? '' : 'es'} ${quoted.join(', ')}${more}`;
}
