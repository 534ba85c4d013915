/**
 * Lists an image folder. `DIR/cat/1.jpg` is an image of the class `cat`; so is `DIR/train/cat/1.jpg`, in a part that the
 * user chose. Links are followed, because data sets are often built from links. Folders inside a class folder are not
 * entered, so link cycles are harmless.
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

/** Extensions of images. Such a file is either read or reported as unreadable, never silently ignored. */
const IMAGE_EXTENSIONS = new Set<string>(
  [...Object.values(formats), ...otherFormats].flatMap(({ extensions }) => extensions),
);

/** Files and folders that operating systems create. Names that begin with a dot are ignored anyway. */
const SYSTEM_ENTRIES = new Set([
  '__macosx',
  'thumbs.db',
  'desktop.ini',
  'icon\r',
  '@eadir',
  '$recycle.bin',
  'lost+found',
]);

/** Files examined concurrently. */
const CONCURRENCY = 64;

/** @throws {TrainingError} `data-invalid` if the folder has no class folders or too many images; see also `checkListing` */
export async function listFolder(root: string): Promise<Listing> {
  const skipped = new SkippedEntries();
  const top = await foldersIn(root, '', skipped);
  const classFolders = (await classFoldersOfParts(root, top, skipped)) ?? top.map((name) => ({ folder: name, name }));
  const { labels, indexOf } = classesOf(new Set(classFolders.map(({ name }) => name)));
  const files: ListedFile[] = [];
  for (const { folder, name, part } of classFolders as ClassFolder[]) {
    for (const found of await filesIn(root, folder, skipped)) {
      files.push({ ...found, class: indexOf.get(name)!, ...(part ? { part } : {}) });
      if (files.length > MAX_IMAGES) checkImageCount(files.length, root);
    }
  }
  files.sort((a, b) => byCodePoint(a.path, b.path));
  if (labels.length === 0) throw noFolders(root, skipped);
  return { root, labels, files, skipped: skipped.list() };
}

/** A folder with the images of one class and, if there are parts, of one part. */
interface ClassFolder {
  readonly folder: string;
  /** Name of the class. */
  readonly name: string;
  readonly part?: PartName;
}

/**
 * The class folders if `top` is exactly train/ with val/ or test/ or both; undefined if the folders in `top` are classes.
 * A `train` without folders is a class (of vehicles, say).
 */
async function classFoldersOfParts(
  root: string,
  top: readonly string[],
  skipped: SkippedEntries,
): Promise<ClassFolder[] | undefined> {
  const parts = top.map((name) => partSpellings.get(name.toLowerCase()));
  if (!parts.includes('train') || parts.includes(undefined)) return undefined;
  const inner = new SkippedEntries();
  const classFolders: ClassFolder[] = [];
  for (const [i, folder] of top.entries()) {
    for (const name of await foldersIn(root, folder, inner))
      classFolders.push({ folder: `${folder}/${name}`, name, part: parts[i]! });
  }
  if (!classFolders.some(({ part }) => part === 'train')) return undefined;
  if (new Set(parts).size < parts.length) {
    throw invalid(`${root} has two folders for the same part: ${top.join(', ')}. Merge them.`);
  }
  skipped.addAll(inner);
  return classFolders;
}

/** Sorted names of the folders that may be classes. Everything else is recorded as skipped. */
async function foldersIn(root: string, folder: string, skipped: SkippedEntries): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await entriesOf(join(root, folder))) {
    const path = join(folder, entry.name);
    if (isSystemEntry(entry.name)) skipped.add(systemEntryReason(entry.name), path);
    else if (entry.isDirectory() || (await statOf(join(root, path)))?.isDirectory()) names.push(entry.name);
    else skipped.add('files outside a class folder', path);
  }
  return names.sort(byCodePoint);
}

type FoundFile = Pick<ListedFile, 'path' | 'size' | 'modified' | 'changed'>;

async function filesIn(root: string, folder: string, skipped: SkippedEntries): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const entries = await entriesOf(join(root, folder));
  for (let from = 0; from < entries.length; from += CONCURRENCY) {
    const some = entries.slice(from, from + CONCURRENCY);
    const results = await Promise.all(some.map((entry) => examine(root, `${folder}/${entry.name}`, entry)));
    for (const [i, result] of results.entries()) {
      if (typeof result === 'string') skipped.add(result, `${folder}/${some[i]!.name}`);
      else found.push(result);
    }
  }
  return found;
}

/** The image, or why the entry is skipped. */
async function examine(root: string, path: string, entry: Dirent): Promise<FoundFile | string> {
  if (isSystemEntry(entry.name)) return systemEntryReason(entry.name);
  const isNamedImage = IMAGE_EXTENSIONS.has(extname(entry.name).slice(1).toLowerCase());
  const stats = await statOf(join(root, path));
  if (!stats) {
    // A broken link with an image's name is a missing image, and counts as unreadable.
    return isNamedImage ? { path, size: 0, modified: 0, changed: 0 } : 'broken links';
  }
  if (stats.isDirectory()) return 'folders inside a class folder';
  // Reading a pipe or device could block forever.
  if (!stats.isFile()) return 'pipes, sockets and devices';
  if (!isNamedImage) {
    const { kind, name } = sniff(await headOf(join(root, path)));
    if (!isImageFormat(kind) && !isSharpFormat(kind)) return `files that are not images (${name})`;
  }
  return { path, ...timesOf(stats) };
}

export function timesOf({ size, mtimeMs, ctimeMs }: Stats): Pick<ListedFile, 'size' | 'modified' | 'changed'> {
  return { size, modified: mtimeMs, changed: ctimeMs };
}

function isSystemEntry(name: string): boolean {
  return name.startsWith('.') || SYSTEM_ENTRIES.has(name.toLowerCase());
}

function systemEntryReason(name: string): string {
  return name.startsWith('.') ? 'hidden entries' : 'system files';
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => byCodePoint(a.name, b.name));
  } catch (cause) {
    throw new TrainingError('data-unavailable', `Cannot read the folder ${folder}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

export async function statOf(path: string): Promise<Stats | undefined> {
  return stat(path).catch(() => undefined);
}

/** The bytes that `sniff` examines; none if the file cannot be opened. */
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
  const what = files ? `${files.count} files (${files.examples.join(', ')} …) but no folders` : 'no folders';
  return invalid(
    `${root} has ${what}. Each class needs a folder: ${root}/cat/1.jpg, ${root}/dog/1.jpg. Or use a CSV with the columns path and label.`,
  );
}
