/**
 * The Worker of wrangler.toml as a config for wrangler's test harness, bundled once for each state of the sources.
 *
 * Every test process shares the bundle, so that starting a Worker takes no build. The config belongs to a folder in
 * node_modules/.cache: a `.dev.vars` or `.env` of the developer in the project's root never reaches a test.
 */
import '../../../edge/dev/quiet-wrangler.ts';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unstable_readConfig } from 'wrangler';
import { root } from './root.ts';

const run = promisify(execFile);

const CACHE = join(root, 'node_modules/.cache/test-worker');
/** What the bundle and its static files are made of. */
const SOURCES = ['shared/src', 'client/src', 'edge', 'docs/images', 'wrangler.toml', 'package-lock.json'];
/** A bundle that no test has used for this long is deleted. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;

const ENTRY = 'entry.js';
/**
 * Reads what the Worker leaves unread of a request body, as the platform does and wrangler's own bundling for development:
 * without that, local workerd resets the connection and loses the response.
 */
const entry = `
import worker from './index.js';
export * from './index.js';
export default {
  ...worker,
  async fetch(request, env, context) {
    try {
      return await worker.fetch(request, env, context);
    } finally {
      if (request.body && !request.bodyUsed) await request.body.pipeTo(new WritableStream()).catch(() => {});
    }
  },
};
`;

export interface BuiltWorkerOptions {
  /** Variables in addition to those of wrangler.toml. */
  readonly vars?: Record<string, string>;
  /** Replaces the limit of both rate-limit bindings, in requests per 10 seconds. */
  readonly rateLimit?: number;
}

export async function builtWorker({ vars = {}, rateLimit }: BuiltWorkerOptions = {}) {
  const config = unstable_readConfig({ config: join(root, 'wrangler.toml') });
  const { name, compatibility_date, compatibility_flags, r2_buckets, durable_objects, migrations } = config;
  const ratelimits = config.ratelimits.map((one: (typeof config.ratelimits)[number]) => ({
    ...one,
    simple: { ...one.simple, limit: rateLimit ?? one.simple.limit },
  }));
  return {
    root: await bundle(),
    config: {
      ...{ name: name!, main: ENTRY, compatibility_date: compatibility_date!, compatibility_flags },
      ...{ no_bundle: true, find_additional_modules: true, rules: [{ type: 'ESModule' as const, globs: ['**/*.js'] }] },
      ...{ r2_buckets, durable_objects, migrations, ratelimits },
      assets: { directory: join(root, 'edge/dist'), binding: 'ASSETS', run_worker_first: true },
      vars: { ...config.vars, ...vars },
    },
  };
}

/** @returns the folder of the bundle; two processes may build it at once, and the first to finish wins */
async function bundle(): Promise<string> {
  const folder = join(CACHE, await stateOfSources());
  if (await touch(folder)) return folder;
  await mkdir(CACHE, { recursive: true });
  const unfinished = await mkdtemp(join(CACHE, 'unfinished-'));
  const wrangler = createRequire(import.meta.url).resolve('wrangler');
  await run(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', unfinished], { cwd: root });
  await writeFile(join(unfinished, ENTRY), entry);
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true }));
  await removeOldBundles();
  return folder;
}

async function stateOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    const path = join(root, source);
    const entries = (await stat(path)).isFile() ? [''] : (await readdir(path, { recursive: true })).sort();
    for (const entry of entries) {
      if (/\.test\.ts$|^dist\b|\bnode_modules\b/.test(entry)) continue;
      const { size, mtimeMs } = await stat(join(path, entry));
      hash.update(`${source}/${entry} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function touch(folder: string): Promise<boolean> {
  const now = new Date();
  return utimes(folder, now, now).then(
    () => true,
    () => false,
  );
}

async function removeOldBundles(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > MAX_AGE_MS) await rm(path, { recursive: true, force: true });
  }
}
