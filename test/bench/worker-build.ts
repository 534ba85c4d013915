/** Bundles the benchmark's programs into folders of `.js` and `.wasm` files. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
/** Inside the project, so that a bundle for Node can resolve its external packages. */
const outputs = join(root, 'node_modules/.cache/bench');

/** A folder whose `main` imports the others. */
export interface BuiltWorker {
  readonly folder: string;
  readonly main: string;
}

/** The Worker as deployed by wrangler.toml. */
export async function buildWorker(): Promise<BuiltWorker> {
  const folder = await emptyFolder('worker');
  const wrangler = createRequire(import.meta.url)
    .resolve('wrangler/package.json')
    .replace('package.json', 'bin/wrangler.js');
  await promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', folder], {
    cwd: root,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' },
  });
  return { folder, main: 'index.js' };
}

/** A Worker of the benchmark, bundled like wrangler does. */
export async function bundleForWorkerd(entry: string): Promise<BuiltWorker> {
  const folder = await emptyFolder(entry.replace(/\.ts$/, ''));
  await build({
    entryPoints: [join(import.meta.dirname, entry)],
    outfile: join(folder, 'index.js'),
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    loader: { '.wasm': 'copy' },
    logLevel: 'error',
  });
  return { folder, main: 'index.js' };
}

/** @returns the path of one file, which imports `external` packages by their names */
export async function bundleForNode(entry: string, external: readonly string[]): Promise<string> {
  const outfile = join(outputs, entry.replace(/\.ts$/, '.node.js'));
  await build({
    entryPoints: [join(import.meta.dirname, entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    // Like the Worker, use the packages' browser modules instead of their Node bundles.
    mainFields: ['module', 'main'],
    target: 'es2024',
    external: [...external],
    // tfjs loads Node's modules with `require`, which does not exist in ES modules.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  return outfile;
}

/** Removes files of earlier builds, which would be counted, too, because file names contain hashes. */
async function emptyFolder(name: string): Promise<string> {
  const folder = join(outputs, name);
  await rm(folder, { recursive: true, force: true });
  return folder;
}
