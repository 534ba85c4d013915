/** The local R2 buckets of `wrangler dev`, which `npm start` serves from. A running Worker sees each write at once. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type R2BucketBinding, r2Store } from '@glimpse/shared/store/r2-store';
import { TrainingError } from '../training-error.ts';
import type { BucketRole, StoreConnection, StoreDriver } from './open-store.ts';

/** A local bucket has no network, so only a broken installation exceeds this. */
const DEADLINE_MS = 60_000;

export const localDriver: StoreDriver = {
  address: 'local',
  accepts: (address) => address === 'local',
  open: (_, role, root) => openLocalStore(root, role),
};

/** @param root the folder of wrangler.toml @throws {TrainingError} `store-failed` */
export async function openLocalStore(root: string, role: BucketRole = 'releases'): Promise<StoreConnection> {
  const configPath = join(root, 'wrangler.toml');
  if (!existsSync(configPath)) {
    throw new TrainingError('store-failed', `${root} has no wrangler.toml: run this in the project's root folder.`);
  }
  const { buckets, close } = await openLocalBuckets(root);
  const binding = role === 'releases' ? 'RELEASES' : 'PRIVATE';
  const bucket = buckets[binding];
  if (!bucket) {
    await close();
    throw new TrainingError('store-failed', `wrangler.toml binds no bucket as ${binding}.`);
  }
  const description = role === 'releases' ? 'the local bucket' : 'the local private bucket';
  return { ...r2Store(bucket, { deadlineMs: DEADLINE_MS, description }), close };
}

/** @param root the folder of wrangler.toml, where `wrangler dev` keeps its state */
async function openLocalBuckets(root: string) {
  // Imported here because loading wrangler takes most of a second.
  const { getPlatformProxy, unstable_readConfig } = await import('wrangler');
  const { r2_buckets, compatibility_date } = unstable_readConfig({ config: join(root, 'wrangler.toml') });
  // Only the buckets: wrangler warns about every binding that has no local counterpart.
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-buckets-'));
  try {
    const configPath = join(folder, 'wrangler.json');
    await writeFile(configPath, JSON.stringify({ name: 'glimpse', compatibility_date, r2_buckets }));
    const { env, dispose } = await getPlatformProxy<Record<string, R2BucketBinding>>({
      configPath,
      persist: { path: join(root, '.wrangler', 'state', 'v3') },
    });
    return { buckets: env, close: dispose };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
