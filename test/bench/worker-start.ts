/** Starts a fresh workerd for a bundled Worker. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { unstable_readConfig } from 'wrangler';
import type { BuiltWorker } from './worker-build.ts';

export interface StartedWorker {
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Puts an object into the bucket that the Worker knows as RELEASES: empty at the start, in a folder of its own. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

/** The real Worker's, for the bench's own as well. */
const { compatibility_date, compatibility_flags }: { compatibility_date: string; compatibility_flags: string[] } =
  unstable_readConfig({
    config: join(import.meta.dirname, '../../wrangler.toml'),
  });

export async function startWorker({ folder, main }: BuiltWorker): Promise<StartedWorker> {
  const modules = await readModules(folder);
  const state = await mkdtemp(join(tmpdir(), 'glimpse-bench-'));
  const miniflare = new Miniflare({
    log: new Log(LogLevel.ERROR),
    resourcePersistencePath: state,
    workers: [
      {
        config: {
          name: 'bench',
          compatibilityDate: compatibility_date,
          compatibilityFlags: compatibility_flags,
          manifest: { mainModule: main, modulesRoot: folder, modules },
          // Contestants log nothing, and a line a request would come between those of the bench.
          env: { RELEASES: { type: 'r2', name: 'releases' }, LOG_REQUESTS: { type: 'text', value: 'off' } },
        },
      },
    ],
  });
  const stop = async () => {
    await miniflare.dispose();
    await rm(state, { recursive: true, force: true });
  };
  try {
    const url = await miniflare.ready;
    return {
      fetch: (path, init) => fetch(new URL(path, url), init),
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

async function readModules(folder: string) {
  const names = (await readdir(folder)).filter((name) => /\.(js|wasm)$/.test(name));
  const entries = names.map(async (name) => {
    const contents = new Uint8Array(await readFile(join(folder, name)));
    return [name, { type: name.endsWith('.js') ? ('esm' as const) : ('wasm' as const), contents }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
