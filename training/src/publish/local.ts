/** The local R2 buckets of `wrangler dev`: what `npm start` serves from. A running Worker sees each write at once. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TrainingError } from '../training-error.ts';
import { contentType, type ListedObject, type ReleaseStore } from './store.ts';

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
  // Where `wrangler dev` keeps its state when it is started in the same folder.
  const path = join(root, '.wrangler', 'state', 'v3');
  // Imported here, since it takes most of a second and only this store needs it.
  const { getPlatformProxy } = await import('wrangler');
  const { env, dispose } = await getPlatformProxy<Record<string, Bucket>>({ configPath, persist: { path } });
  const bucket = env[binding];
  if (!bucket) {
    await dispose();
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
    close: dispose,
  };
}
