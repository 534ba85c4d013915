/**
 * Prints the functions that run during one warm `POST /v1/classify`, as JSON. `trace.ts` starts it in a process of its own:
 *
 *     node request.ts ROOT
 *
 * The Worker runs in Node, from its source: V8's coverage then names the functions as they are written. In workerd it would
 * have to be mapped back from a minified bundle. The R2 buckets and the cache are Miniflare's.
 */
import { readdir, readFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { registerHooks } from 'node:module';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import sharp from 'sharp';
import { getPlatformProxy, unstable_readConfig } from 'wrangler';
import { functionsThatRan } from './coverage.ts';

process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';

interface Bucket {
  put(key: string, bytes: Uint8Array): Promise<unknown>;
}

type Fetch = (
  request: Request,
  env: object,
  context: { waitUntil(promise: Promise<unknown>): void },
) => Promise<Response>;

const root = resolve(process.argv[2] ?? '.');
const config = unstable_readConfig({ config: join(root, 'wrangler.toml') });
loadAsWranglerDoes(config.alias ?? {});

const proxy = await getPlatformProxy<Record<string, Bucket>>({
  configPath: join(import.meta.dirname, 'buckets.json'),
  persist: false,
});
await putStarter(proxy.env.RELEASES!);
Object.assign(globalThis, { caches: proxy.caches });
const env = {
  ...config.vars,
  ...proxy.env,
  RATE_ADDRESS: { limit: async () => ({ success: true }) },
  RATE_KEY: { limit: async () => ({ success: true }) },
};

// Before the Worker is loaded: what was compiled earlier has no counters.
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

const { default: worker } = (await import(pathToFileURL(resolve(root, config.main!)).href)) as {
  default: { fetch: Fetch };
};
const photo = await sharp(join(root, 'examples/cat.png')).resize(640, 480).jpeg({ quality: 80 }).toBuffer();
// The log has a line for each request, which is not part of what is printed here.
const { log } = console;
console.log = () => {};

const WARM_UP = 3;
for (let i = 0; i < WARM_UP; i++) await classify();
// Starts the counters again.
await session.post('Profiler.takePreciseCoverage');
await classify();
const { result } = await session.post('Profiler.takePreciseCoverage');
log(JSON.stringify(functionsThatRan(result, root)));
await proxy.dispose();
process.exit(0);

/** A request from the client's bytes to the last byte of the answer, with what goes on behind it. */
async function classify(): Promise<void> {
  const headers = { 'Content-Type': 'image/jpeg', 'CF-Connecting-IP': '192.0.2.1' };
  const request = new Request('https://glimpse.example/v1/classify', { method: 'POST', body: photo, headers });
  const pending: Promise<unknown>[] = [];
  const response = await worker.fetch(request, env, { waitUntil: (promise) => pending.push(promise) });
  const text = await response.text();
  if (response.status !== 200) throw new Error(text);
  while (pending.length > 0) await pending.pop();
}

/** As wrangler bundles: aliases, WebAssembly as a compiled module, and the base class of Durable Objects. */
function loadAsWranglerDoes(alias: Record<string, string>): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'cloudflare:workers') {
        return { url: 'data:text/javascript,export class DurableObject {}', shortCircuit: true };
      }
      const replaced = alias[specifier];
      if (replaced) return next(pathToFileURL(resolve(root, replaced)).href, context);
      try {
        return next(specifier, context);
      } catch (error) {
        // Some packages leave out the extension, which a bundler adds.
        const { code, url } = error as { code?: string; url?: string };
        if (code === 'ERR_MODULE_NOT_FOUND' && url) return next(`${url}.js`, context);
        if (code === 'ERR_UNSUPPORTED_DIR_IMPORT' && url) return next(`${url}/index.js`, context);
        throw error;
      }
    },
    load(url, context, next) {
      if (!url.endsWith('.wasm')) return next(url, context);
      const source = `import { readFileSync } from 'node:fs';
        export default new WebAssembly.Module(readFileSync(new URL(${JSON.stringify(url)})));`;
      return { format: 'module', source, shortCircuit: true };
    },
  });
}

async function putStarter(bucket: Bucket): Promise<void> {
  const starter = join(root, 'starter');
  const entries = await readdir(join(starter, 'models'), { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name);
    await bucket.put(relative(starter, path).split(sep).join('/'), await readFile(path));
  }
}
