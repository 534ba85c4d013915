/** The local R2 buckets of `wrangler dev`: what `npm start` serves from. A running Worker sees each write at once. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentType, type ListedObject, type ReleaseStore } from '../publish/store.ts';
import { TrainingError } from '../training-error.ts';

interface Bucket {
  get(key: string): Promise<{ etag: string; arrayBuffer(): Promise<ArrayBuffer> } | null>;
  put(key: string, bytes: Uint8Array, options: object): Promise<object | null>;
  list(options: { prefix: string; cursor?: string }): Promise<{
    objects: { key: string; size: number; uploaded: Date }[];
    truncated: boolean;
    cursor?: string;
  }>;
  delete(key: string): Promise<void>;
}

/**
 * @param root the folder of wrangler.toml
 * @param binding of the Worker: releases, or keys and feedback
 */
export async function openLocalStore(
  root: string,
  binding: 'RELEASES' | 'PRIVATE' = 'RELEASES',
): Promise<ReleaseStore> {
  const configPath = join(root, 'wrangler.toml');
  if (!existsSync(configPath)) {
    throw new TrainingError(
      'store-failed',
      `There is no wrangler.toml in ${root}: run this in the project's root folder.`,
    );
  }
  const { buckets, close } = await openLocalBuckets(root);
  const bucket = buckets[binding];
  if (!bucket) {
    await close();
    throw new TrainingError('store-failed', `wrangler.toml binds no bucket as ${binding}.`);
  }
  return {
    description: binding === 'RELEASES' ? 'the local bucket' : 'the local private bucket',
    async get(key) {
      const object = await bucket.get(key);
      return object ? { bytes: new Uint8Array(await object.arrayBuffer()), etag: object.etag } : undefined;
    },
    async put(key, bytes, condition) {
      const written = await bucket.put(key, bytes, {
        ...(condition === 'absent' && { onlyIf: { etagDoesNotMatch: '*' } }),
        ...(typeof condition === 'object' && { onlyIf: { etagMatches: condition.etag } }),
        httpMetadata: { contentType: contentType(key) },
      });
      return written !== null;
    },
    async list(prefix) {
      const all: ListedObject[] = [];
      let cursor: string | undefined;
      do {
        const page = await bucket.list({ prefix, ...(cursor ? { cursor } : {}) });
        all.push(...page.objects.map(({ key, size, uploaded }) => ({ key, size, modified: uploaded })));
        cursor = page.truncated ? page.cursor : undefined;
      } while (cursor);
      return all;
    },
    delete: (key) => bucket.delete(key),
    close,
  };
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
    const { env, dispose } = await getPlatformProxy<Record<string, Bucket>>({
      configPath,
      persist: { path: join(root, '.wrangler', 'state', 'v3') },
    });
    return { buckets: env, close: dispose };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
