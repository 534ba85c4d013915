/**
 * The R2 buckets of `wrangler dev` on this machine, those that wrangler.toml binds: what `npm start` serves from. A running
 * Worker sees each write at once.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LocalBuckets<Bucket> {
  /** By the names of their bindings. */
  readonly buckets: Readonly<Record<string, Bucket>>;
  close(): Promise<void>;
}

/** @param root the folder of wrangler.toml, where `wrangler dev` keeps its state */
export async function openLocalBuckets<Bucket>(root: string): Promise<LocalBuckets<Bucket>> {
  // Imported here, since it takes most of a second.
  const { getPlatformProxy, unstable_readConfig } = await import('wrangler');
  const { r2_buckets, compatibility_date } = unstable_readConfig({ config: join(root, 'wrangler.toml') });
  // The buckets alone: of the Worker's other bindings wrangler says at length that nothing is behind them here.
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-buckets-'));
  try {
    const configPath = join(folder, 'wrangler.json');
    await writeFile(configPath, JSON.stringify({ name: 'glimpse', compatibility_date, r2_buckets }));
    const { env, dispose } = await getPlatformProxy<Record<string, Bucket>>({
      configPath,
      persist: { path: join(root, '.wrangler', 'state', 'v3') },
    });
    return { buckets: env, close: dispose };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
