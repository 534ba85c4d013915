/** Starts a fresh workerd for a bundled Worker. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_readConfig } from 'wrangler';
import type { BuiltWorker } from './worker-build.ts';

/** Miniflare's type for the options of one Worker. */
type WorkerConfig = NonNullable<ConstructorParameters<typeof Miniflare>[0]['workers']>[number]['config'] & object;

export interface StartOptions {
  /** Bindings and variables in addition to the bucket RELEASES. */
  readonly env?: WorkerConfig['env'];
  /** Durable Object bindings. */
  readonly exports?: WorkerConfig['exports'];
  /** A folder to bind as ASSETS. */
  readonly assets?: string;
  /** Called with each line that the Worker logs. */
  readonly onLog?: (line: string) => void;
  readonly inspect?: boolean;
}

export interface StartedWorker {
  /** workerd's own socket, without a proxy, so the Worker sees clients disconnect. */
  readonly url: URL;
  /** Present if it was started with `inspect`. */
  readonly inspector: URL | undefined;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Puts an object into the bucket RELEASES, which is initially empty and has its own folder. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Puts an object into a bucket of `env`. */
  putInto(binding: string, key: string, text: string): Promise<void>;
  stop(): Promise<void>;
}

/** The compatibility settings of the real Worker, which the benchmark's Workers use, too. */
const { compatibility_date, compatibility_flags }: { compatibility_date: string; compatibility_flags: string[] } =
  unstable_readConfig({
    config: join(import.meta.dirname, '../../wrangler.toml'),
  });

export async function startWorker(
  { folder, main }: BuiltWorker,
  { env, exports, assets, onLog, inspect }: StartOptions = {},
): Promise<StartedWorker> {
  const modules = await readModules(folder);
  const state = await mkdtemp(join(tmpdir(), 'glimpse-bench-'));
  const miniflare = new Miniflare({
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: state,
    ...(inspect && { inspectorPort: 0 }),
    ...(onLog && { handleStructuredLogs: ({ message }: { message: string }) => onLog(message) }),
    workers: [
      {
        config: {
          name: 'bench',
          compatibilityDate: compatibility_date,
          compatibilityFlags: compatibility_flags,
          manifest: { mainModule: main, modulesRoot: folder, modules },
          // Competitors do not log, and request logs would clutter the output of the benchmark.
          env: {
            RELEASES: { type: 'r2', name: 'releases' },
            LOG_REQUESTS: { type: 'text', value: 'off' },
            ...(assets && { ASSETS: { type: 'worker' as const, worker: 'documents' } }),
            ...env,
          },
          ...(exports && { exports }),
        },
        dev: { unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }], stripCfConnectingIp: false },
      },
      ...(assets ? [documents(assets)] : []),
    ],
  });
  const stop = async () => {
    await miniflare.dispose();
    await rm(state, { recursive: true, force: true });
  };
  try {
    const url = await miniflare.ready;
    return {
      url: await miniflare.unsafeGetDirectURL('bench'),
      inspector: inspect ? await miniflare.getInspectorURL() : undefined,
      fetch: (path, init) => fetch(new URL(path, url), init),
      async putInto(binding, key, text) {
        await (await miniflare.getR2Bucket(binding)).put(key, text);
      },
      async put(key, bytes) {
        await (await miniflare.getR2Bucket('RELEASES')).put(key, bytes);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Serves assets from a separate service, because Miniflare's own assets route each request through two more Workers, which
 * would distort the memory measurements.
 */
function documents(directory: string) {
  const contents = new TextEncoder().encode('export default { fetch: () => new Response(null, { status: 404 }) }');
  return {
    config: {
      name: 'documents',
      compatibilityDate: compatibility_date,
      manifest: {
        mainModule: 'index.js',
        modulesRoot: '/',
        modules: { 'index.js': { type: 'esm' as const, contents } },
      },
      assets: { directory, hasUserWorker: false },
    },
  };
}

async function readModules(folder: string) {
  const names = (await readdir(folder)).filter((name) => /\.(js|wasm)$/.test(name));
  const entries = names.map(async (name) => {
    const contents = new Uint8Array(await readFile(join(folder, name)));
    return [name, { type: name.endsWith('.js') ? ('esm' as const) : ('wasm' as const), contents }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
