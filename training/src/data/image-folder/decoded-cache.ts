/**
 * A cache of decoded images. Each image folder has its own subfolder:
 *
 *     pixels.bin       [files, height, width, channels]: all listed files, zeros for unreadable ones
 *     images.ndjson    one line per file: its path, class, size, hashes, or why it cannot be read
 *     unreadable.txt   path and reason of each unreadable file
 *     split-*.json     fingerprint and statistics, by split settings
 *
 * The folder's name is a hash of the geometry and of the files' paths, classes, sizes and times. The folder is created under
 * a temporary name and renamed when complete, so decoding is safe to interrupt and to run concurrently.
 */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import type { Target } from '@glimpse/shared/image/area-average/area-average';
import { moveIntoPlace } from '../../files/atomic.ts';
import { cacheFolder } from '../../files/cache-folder.ts';
import { isRunning } from '../../files/is-running.ts';
import { TrainingError } from '../../training-error.ts';
import { type DecodedBatch, decodeImages } from './decode-images.ts';
import type { Listing, PartName } from './listing.ts';
import { DECODER_REVISION, HASH_BYTES } from './read-image-file.ts';

/** Increment it when the format of these files changes. */
const FORMAT = 1;

export interface CachedImage {
  readonly path: string;
  readonly class: number;
  readonly part?: PartName;
  /** Bytes of the file. */
  readonly size: number;
  /** First 128 bits of the SHA-256 of the file's bytes and of the pixels, in hex. Absent if the file is unreadable. */
  readonly fileHash?: string;
  readonly pixelHash?: string;
  /** Why the file cannot be read. */
  readonly unreadable?: string;
}

export interface DecodedCache {
  /** Name of the folder within the cache. */
  readonly key: string;
  readonly folder: string;
  readonly pixelsPath: string;
  readonly unreadablePath: string;
  /** In the order of the listing and of the pixels. */
  readonly images: readonly CachedImage[];
}

export type OnProgress = (done: number, total: number) => void;

/** Opens the cached images, decoding them first if necessary. */
export async function openDecodedCache(
  listing: Listing,
  target: Target,
  onProgress: OnProgress,
): Promise<DecodedCache> {
  const key = keyOf(listing, target);
  const folder = cacheFolderOf(key);
  const found = await cacheStatus(folder, listing.files.length * bytesOf(target));
  // Removes only a folder that was seen to be truncated: another process may have completed a new one since.
  if (found === 'truncated') await rm(folder, { recursive: true, force: true });
  if (found !== 'complete') await createFolder(listing, target, folder, onProgress);
  return {
    key,
    folder,
    pixelsPath: join(folder, 'pixels.bin'),
    unreadablePath: join(folder, 'unreadable.txt'),
    images: await readIndex(folder),
  };
}

/** The files as they were when decoded under this key; undefined if they are no longer in the cache. */
export async function cachedImages(key: string): Promise<readonly CachedImage[] | undefined> {
  const folder = cacheFolderOf(key);
  return existsSync(folder) ? readIndex(folder) : undefined;
}

/** A cache may be truncated by a file system repair, or by hand. */
async function cacheStatus(folder: string, pixelBytes: number): Promise<'complete' | 'truncated' | 'missing'> {
  if (!existsSync(folder)) return 'missing';
  const stats = await stat(join(folder, 'pixels.bin')).catch(() => undefined);
  return stats?.size === pixelBytes && existsSync(join(folder, 'images.ndjson')) ? 'complete' : 'truncated';
}

function bytesOf({ height, width, channels }: Target): number {
  return height * width * channels;
}

function cacheFolderOf(key: string): string {
  return cacheFolder('data', 'image-folder', key);
}

function keyOf({ root, labels, files }: Listing, { height, width, channels, fit }: Target): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify([FORMAT, DECODER_REVISION, height, width, channels, fit, root, labels]));
  for (const { path, class: index, part, size, modified, changed } of files)
    hash.update(JSON.stringify([path, index, part, size, modified, changed]));
  return hash.digest('hex').slice(0, 32);
}

async function createFolder(listing: Listing, target: Target, folder: string, onProgress: OnProgress): Promise<void> {
  const parent = cacheFolder('data', 'image-folder');
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  await checkSpace(parent, listing.files.length * bytesOf(target));
  const work = `${folder}.${process.pid}.${hostname()}.${randomBytes(4).toString('hex')}${UNFINISHED}`;
  await mkdir(work);
  try {
    const hashes = await writePixels(listing, target, work, onProgress);
    await writeIndex(listing, hashes, work);
    await moveIntoPlace(work, folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new TrainingError(
      'data-unavailable',
      `Cannot write the decoded images to the cache: ${(cause as Error).message}. Nothing was saved. Set GLIMPSE_CACHE to use another folder.`,
      { cause },
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Hashes {
  readonly ofFiles: Uint8Array;
  readonly ofPixels: Uint8Array;
  readonly unreadable: ReadonlyMap<number, string>;
}

async function writePixels(
  { root, files }: Listing,
  target: Target,
  folder: string,
  onProgress: OnProgress,
): Promise<Hashes> {
  const imageBytes = bytesOf(target);
  const ofFiles = new Uint8Array(files.length * HASH_BYTES);
  const ofPixels = new Uint8Array(files.length * HASH_BYTES);
  const unreadable = new Map<number, string>();
  const output = await open(join(folder, 'pixels.bin'), 'w');
  let done = 0;
  const take = async (batch: DecodedBatch) => {
    await output.write(batch.pixels, 0, batch.pixels.length, batch.first * imageBytes);
    ofFiles.set(batch.fileHashes, batch.first * HASH_BYTES);
    ofPixels.set(batch.pixelHashes, batch.first * HASH_BYTES);
    for (const [file, reason] of batch.unreadable) unreadable.set(file, reason);
    done += batch.pixels.length / imageBytes;
    onProgress(done, files.length);
  };
  const at = (first: number, count: number) =>
    files.slice(first, first + count).map(({ path, size }) => ({ path: absolutePath(root, path), size }));
  try {
    await decodeImages({ count: files.length, at }, target, take);
    await output.sync();
  } finally {
    await output.close();
  }
  return { ofFiles, ofPixels, unreadable };
}

function absolutePath(root: string, path: string): string {
  return isAbsolute(path) ? path : join(root, path);
}

async function writeIndex({ files }: Listing, hashes: Hashes, folder: string): Promise<void> {
  const output = createWriteStream(join(folder, 'images.ndjson'), { flush: true });
  const done = finished(output);
  for (const [i, { path, class: index, part, size }] of files.entries()) {
    const reason = hashes.unreadable.get(i);
    const read = { fileHash: hexAt(hashes.ofFiles, i), pixelHash: hexAt(hashes.ofPixels, i) };
    const line: CachedImage = {
      path,
      class: index,
      ...(part ? { part } : {}),
      size,
      ...(reason === undefined ? read : { unreadable: reason }),
    };
    if (!output.write(`${JSON.stringify(line)}\n`)) await once(output, 'drain');
  }
  output.end();
  await done;
  const lines = [...hashes.unreadable].sort(([a], [b]) => a - b).map(([i, reason]) => `${files[i]!.path}: ${reason}\n`);
  await writeFile(join(folder, 'unreadable.txt'), lines.join(''));
}

function hexAt(hashes: Uint8Array, index: number): string {
  return Buffer.from(hashes.buffer, index * HASH_BYTES, HASH_BYTES).toString('hex');
}

async function readIndex(folder: string): Promise<CachedImage[]> {
  const images: CachedImage[] = [];
  const lines = createInterface({ input: createReadStream(join(folder, 'images.ndjson')), crlfDelay: 0 });
  for await (const line of lines) images.push(JSON.parse(line) as CachedImage);
  return images;
}

const UNFINISHED = '.unfinished';

/** Removes the unfinished folders of processes on this machine that no longer run. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid, host] = /^[0-9a-f]+\.(\d+)\.(.+)\.[0-9a-f]{8}\.unfinished$/.exec(name) ?? [];
    if (host === hostname() && !isRunning(Number(pid))) await rm(join(parent, name), { recursive: true, force: true });
  }
}

async function checkSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize > needed) return;
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  throw new TrainingError(
    'data-unavailable',
    `The decoded images need ${gib(needed)} in ${folder}, but only ${gib(bavail * bsize)} are free. Free some space, set GLIMPSE_CACHE to a folder on another disk, or use a smaller --size.`,
  );
}

/** Describes how a folder has changed, e.g. `2 added (cat/9.jpg, cat/10.jpg), 1 removed (dog/3.jpg)`; empty if it has not. */
export function describeChanges(before: readonly CachedImage[], now: readonly CachedImage[]): string {
  const old = new Map(before.map((image) => [image.path, image]));
  const added: string[] = [];
  const changed: string[] = [];
  const moved: string[] = [];
  for (const { path, fileHash, class: index, part } of now) {
    const earlier = old.get(path);
    old.delete(path);
    if (!earlier) added.push(path);
    else if (earlier.fileHash !== fileHash) changed.push(path);
    else if (earlier.class !== index || earlier.part !== part) moved.push(path);
  }
  const listed = { added, removed: [...old.keys()], changed, 'with another class or part': moved };
  return Object.entries(listed)
    .filter(([, paths]) => paths.length > 0)
    .map(([what, paths]) => `${paths.length} ${what} (${listSome(paths)})`)
    .join(', ');
}

const NAMED = 3;

function listSome(paths: readonly string[]): string {
  return paths.length > NAMED ? `${paths.slice(0, NAMED).join(', ')} …` : paths.join(', ');
}
