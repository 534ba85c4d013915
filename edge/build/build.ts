/**
 * Builds the static files that the Worker serves, into edge/dist. wrangler runs this before it serves or deploys (`[build]`
 * in wrangler.toml). Concurrent builds are safe: each file is replaced atomically, and only if it differs.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { apiDocs } from './api-docs.ts';
import { site } from './site.ts';
import { widget } from './widget.ts';

/** Returns files: path relative to edge/dist, with slashes → content. */
export type Builder = () => Promise<ReadonlyMap<string, string | Uint8Array>>;

const builders: readonly Builder[] = [apiDocs, widget, site];

const root = join(import.meta.dirname, '../..');
const dist = join(root, 'edge/dist');
/** On the same disk, so that a rename is atomic, and outside the folders that wrangler watches. */
const cache = join(root, 'node_modules/.cache');

const files = new Map((await Promise.all(builders.map((build) => build()))).flatMap((made) => [...made]));
await mkdir(cache, { recursive: true });
const temporary = await mkdtemp(join(cache, 'assets-'));
try {
  for (const [path, content] of files) await put(path, Buffer.from(content as Uint8Array));
  for (const path of await existingFiles()) {
    // Files of an earlier build would be served forever.
    if (!files.has(path)) await rm(join(dist, path), { force: true });
  }
} finally {
  await rm(temporary, { recursive: true });
}

async function put(path: string, content: Buffer): Promise<void> {
  const target = join(dist, path);
  const before = await readFile(target).catch(() => undefined);
  if (before?.equals(content)) return;
  const made = join(temporary, path.replaceAll('/', '_'));
  await writeFile(made, content);
  await mkdir(dirname(target), { recursive: true });
  await rename(made, target);
}

async function existingFiles(): Promise<string[]> {
  const entries = await readdir(dist, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)).split(sep).join('/'));
}
