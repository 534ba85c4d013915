/** The golden files, and what reads them: the command line in a folder of its own, as its users call it. */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { getPlatformProxy } from 'wrangler';
import { ROOT } from '../support/worker/start-worker.ts';
import { writeShapes } from './shapes.ts';

export const goldenFile = (...path: string[]) => join(import.meta.dirname, 'files', ...path);

// biome-ignore lint/suspicious/noExplicitAny: each test knows what its file holds
export async function readGoldenJson(...path: string[]): Promise<any> {
  return JSON.parse(await readFile(goldenFile(...path), 'utf8'));
}

/** The objects of a bucket, by key. */
export async function goldenObjects(bucket: 'releases-bucket' | 'private-bucket'): Promise<Map<string, Buffer>> {
  const entries = await readdir(goldenFile(bucket), { recursive: true, withFileTypes: true });
  const objects = new Map<string, Buffer>();
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name);
    objects.set(relative(goldenFile(bucket), path).split(sep).join('/'), await readFile(path));
  }
  return objects;
}

interface Called {
  readonly code: number;
  /** Standard output and standard error. */
  readonly text: string;
  /** Standard output with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what its command prints
  readonly events: any[];
}

export interface Workspace {
  readonly folder: string;
  /** Calls `glimpse --json …` in the folder. */
  glimpse(...args: string[]): Promise<Called>;
  /** As `glimpse`, and throws if the exit code is not 0. */
  succeed(...args: string[]): Promise<Called>;
  remove(): Promise<void>;
}

/** A folder with the image folder `shapes` and with golden files, whose paths below /data now lead into it. */
export async function openWorkspace(...names: string[]): Promise<Workspace> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-golden-'));
  await writeShapes(join(folder, 'shapes'));
  for (const name of names) await cp(goldenFile(name), join(folder, name), { recursive: true });
  for (const name of names.filter((name) => name.endsWith('run'))) {
    const config = join(folder, name, 'config.json');
    await writeFile(config, (await readFile(config, 'utf8')).replaceAll('/data/shapes', join(folder, 'shapes')));
  }
  // The binary that npm installs: it stays where it is, wherever the source moves.
  const program = join(ROOT, 'node_modules/.bin/glimpse');
  const options = { cwd: folder, env: { ...process.env, GLIMPSE_CACHE: join(folder, 'cache') }, maxBuffer: 2 ** 26 };
  const glimpse = (...args: string[]) =>
    new Promise<Called>((resolve) => {
      execFile(process.execPath, [program, '--json', ...args], options, (error, out, err) => {
        const lines = out.split('\n').filter((line) => line.startsWith('{'));
        const code = error ? Number(error.code) : 0;
        resolve({ code, text: out + err, events: lines.map((line) => JSON.parse(line)) });
      });
    });
  return {
    folder,
    glimpse,
    async succeed(...args) {
      const called = await glimpse(...args);
      if (called.code !== 0) throw new Error(`glimpse ${args.join(' ')}: ${called.text}`);
      return called;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

interface Bucket {
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  get(key: string): Promise<{ text(): Promise<string> } | null>;
}

export interface LocalBuckets {
  readonly RELEASES: Bucket;
  readonly PRIVATE: Bucket;
}

/** The local buckets of a workspace, which `--from local` reads, for as long as `use` runs. */
export async function withLocalBuckets<T>(
  { folder }: Workspace,
  use: (buckets: LocalBuckets) => Promise<T>,
): Promise<T> {
  await cp(join(ROOT, 'wrangler.toml'), join(folder, 'wrangler.toml'));
  const bucket = (binding: string, bucket_name: string) => ({ binding, bucket_name });
  const r2_buckets = [bucket('RELEASES', 'glimpse-releases'), bucket('PRIVATE', 'glimpse-private')];
  const configPath = join(folder, 'buckets.json');
  await writeFile(configPath, JSON.stringify({ name: 'glimpse', compatibility_date: '2026-11-17', r2_buckets }));
  const { env, dispose } = await getPlatformProxy<{ RELEASES: Bucket; PRIVATE: Bucket }>({
    configPath,
    persist: { path: join(folder, '.wrangler/state/v3') },
  });
  try {
    return await use(env);
  } finally {
    await dispose();
  }
}
