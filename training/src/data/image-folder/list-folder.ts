/**
 * A folder of images → its listing. `DIR/cat/1.jpg` is an image of the class `cat`; so is `DIR/train/cat/1.jpg`, in a
 * part that the user chose. Links are followed, as people link images into data sets; no folder below a class is
 * entered, so that no circle of links can be walked.
 */
import type { Dirent, Stats } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { formats, otherFormats } from '@glimpse/shared/image/formats';
import { isImageFormat, SNIFFED_BYTES, sniff } from '@glimpse/shared/image/sniff';
import { TrainingError } from '../../training-error.ts';
import { classesOf } from './class-names.ts';
import { MAX_IMAGES } from './limits.ts';
import {
  byCodePoint,
  checkImageCount,
  invalid,
  type ListedFile,
  type Listing,
  type PartName,
  partSpellings,
  SkippedEntries,
} from './listing.ts';
import { isSharpFormat } from './read-image-file.ts';

/** Names that say "image". Such a file is read, or listed as unreadable with the reason; never left out in silence. */
const IMAGE_EXTENSIONS = new Set<string>(
  [...Object.values(formats), ...otherFormats].flatMap(({ extensions }) => extensions),
);

/** What systems and tools leave behind. Names that begin with a dot need no entry here. */
const FOREIGN = new Set(['__macosx', 'thumbs.db', 'desktop.ini', 'icon\r', '@eadir', '$recycle.bin', 'lost+found']);

/** Files that are looked at at a time. */
const AT_A_TIME = 64;

/** @throws {TrainingError} `data-invalid` for a folder that cannot be data; see also `checkListing` */
export async function listFolder(root: string): Promise<Listing> {
  const skipped = new SkippedEntries();
  const top = await foldersIn(root, '', skipped);
  const places = (await partPlaces(root, top, skipped)) ?? top.map((name) => ({ folder: name, name }));
  const { labels, indexOf } = classesOf(new Set(places.map(({ name }) => name)));
  const files: ListedFile[] = [];
  for (const { folder, name, part } of places as Place[]) {
    for (const found of await filesIn(root, folder, skipped)) {
      files.push({ ...found, class: indexOf.get(name)!, ...(part ? { part } : {}) });
      if (files.length > MAX_IMAGES) checkImageCount(files.length, root);
    }
  }
  files.sort((a, b) => byCodePoint(a.path, b.path));
  if (labels.length === 0) throw noFolders(root, skipped);
  return { root, labels, files, skipped: skipped.list() };
}

/** A folder that holds the images of one class, in one part where there are parts. */
interface Place {
  readonly folder: string;
  /** Of the class. */
  readonly name: string;
  readonly part?: PartName;
}

/**
 * The places where `top` is train/ with val/ or test/ or both and nothing else; undefined where its folders are classes.
 * A `train` that holds no folders is a class: of vehicles, say.
 */
async function partPlaces(root: string, top: readonly string[], skipped: SkippedEntries): Promise<Place[] | undefined> {
  const parts = top.map((name) => partSpellings.get(name.toLowerCase()));
  if (!parts.includes('train') || parts.includes(undefined)) return undefined;
  const inner = new SkippedEntries();
  const places: Place[] = [];
  for (const [i, folder] of top.entries()) {
    for (const name of await foldersIn(root, folder, inner))
      places.push({ folder: `${folder}/${name}`, name, part: parts[i]! });
  }
  if (!places.some(({ part }) => part === 'train')) return undefined;
  if (new Set(parts).size < parts.length) {
    throw invalid(`${root} holds one part twice: ${top.join(', ')}. Put the images of both folders into one.`);
  }
  skipped.addAll(inner);
  return places;
}

/** Names of the folders that may be classes, sorted; the rest is noted as skipped. */
async function foldersIn(root: string, folder: string, skipped: SkippedEntries): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await entriesOf(join(root, folder))) {
    const path = join(folder, entry.name);
    if (isForeign(entry.name)) skipped.add(whyForeign(entry.name), path);
    else if (entry.isDirectory() || (await statOf(join(root, path)))?.isDirectory()) names.push(entry.name);
    else skipped.add('files outside a class folder', path);
  }
  return names.sort(byCodePoint);
}

type FoundFile = Pick<ListedFile, 'path' | 'size' | 'modified' | 'changed'>;

async function filesIn(root: string, folder: string, skipped: SkippedEntries): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const entries = await entriesOf(join(root, folder));
  for (let from = 0; from < entries.length; from += AT_A_TIME) {
    const some = entries.slice(from, from + AT_A_TIME);
    const looked = await Promise.all(some.map((entry) => look(root, `${folder}/${entry.name}`, entry)));
    for (const [i, result] of looked.entries()) {
      if (typeof result === 'string') skipped.add(result, `${folder}/${some[i]!.name}`);
      else found.push(result);
    }
  }
  return found;
}

/** An image to be read, or why the entry is none. */
async function look(root: string, path: string, entry: Dirent): Promise<FoundFile | string> {
  if (isForeign(entry.name)) return whyForeign(entry.name);
  const isNamedImage = IMAGE_EXTENSIONS.has(extname(entry.name).slice(1).toLowerCase());
  const stats = await statOf(join(root, path));
  if (!stats) {
    // A link to an image that has gone is an image that is missing, and counts as unreadable.
    return isNamedImage ? { path, size: 0, modified: 0, changed: 0 } : 'links that lead nowhere';
  }
  if (stats.isDirectory()) return 'folders inside a class folder';
  // A pipe or a device would keep its reader waiting for ever.
  if (!stats.isFile()) return 'pipes, sockets and devices';
  if (!isNamedImage) {
    const { kind, name } = sniff(await headOf(join(root, path)));
    if (!isImageFormat(kind) && !isSharpFormat(kind)) return `files that are no images (${name})`;
  }
  return { path, ...timesOf(stats) };
}

export function timesOf({ size, mtimeMs, ctimeMs }: Stats): Pick<ListedFile, 'size' | 'modified' | 'changed'> {
  return { size, modified: mtimeMs, changed: ctimeMs };
}

function isForeign(name: string): boolean {
  return name.startsWith('.') || FOREIGN.has(name.toLowerCase());
}

function whyForeign(name: string): string {
  return name.startsWith('.') ? 'hidden entries' : "entries of a system's own";
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => byCodePoint(a.name, b.name));
  } catch (cause) {
    throw new TrainingError('data-unavailable', `The folder ${folder} cannot be read: ${(cause as Error).message}`, {
      cause,
    });
  }
}

export async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}

/** As much as `sniff` looks at; nothing of a file that may not be read. */
async function headOf(path: string): Promise<Uint8Array> {
  const head = new Uint8Array(SNIFFED_BYTES);
  const file = await open(path).catch(() => undefined);
  if (!file) return head.subarray(0, 0);
  try {
    const { bytesRead } = await file.read(head);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function noFolders(root: string, skipped: SkippedEntries): TrainingError {
  const files = skipped.list().find(({ why }) => why === 'files outside a class folder');
  const what = files ? `${files.count} files (${files.examples.join(', ')} …) but no folder` : 'no folder';
  return invalid(
    `${root} holds ${what}. A class is a folder: ${root}/cat/1.jpg, ${root}/dog/1.jpg. Or give a CSV with the columns path and label.`,
  );
}
