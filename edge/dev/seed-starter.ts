/** Copies the starter release to the local bucket, so that a fresh clone has a model. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import './quiet-wrangler.ts';

interface Bucket {
  head(key: string): Promise<unknown>;
  /** Null if the condition is not met. */
  put(key: string, value: Uint8Array, options: { onlyIf: { etagDoesNotMatch: string } }): Promise<unknown>;
}

/**
 * A model that already has a channels.json is not changed, because it may have been published to.
 *
 * @param root the project folder; its starter/ has the layout of a store, `models/<name>/…`
 * @returns the models that were copied
 */
export async function seedStarter(root: string): Promise<string[]> {
  const { bucket, close } = await openReleasesBucket(root);
  const starter = join(root, 'starter');
  try {
    const seeded: string[] = [];
    for (const model of await readdir(join(starter, 'models'))) {
      if (await bucket.head(`models/${model}/channels.json`)) continue;
      for (const file of await filesInOrder(join(starter, 'models', model))) {
        const key = relative(starter, file).split(sep).join('/');
        await bucket.put(key, await readFile(file), { onlyIf: { etagDoesNotMatch: '*' } });
      }
      seeded.push(model);
    }
    return seeded;
  } finally {
    await close();
  }
}

/** Weights first, then release.json, which makes the version exist, and channels.json, which refers to it, last. */
async function filesInOrder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const rank = ({ name }: { name: string }) => ['release.json', 'channels.json'].indexOf(name);
  return entries
    .filter((entry) => entry.isFile())
    .sort((a, b) => rank(a) - rank(b))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The bucket that `wrangler dev` uses locally. */
async function openReleasesBucket(root: string): Promise<{ bucket: Bucket; close: () => Promise<void> }> {
  // Imported here, because loading wrangler takes almost a second.
  const { getPlatformProxy, unstable_readConfig } = await import('wrangler');
  const { r2_buckets, compatibility_date } = unstable_readConfig({ config: join(root, 'wrangler.toml') });
  // Only the buckets, because wrangler warns about bindings without a local counterpart.
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-buckets-'));
  try {
    const configPath = join(folder, 'wrangler.json');
    await writeFile(configPath, JSON.stringify({ name: 'glimpse', compatibility_date, r2_buckets }));
    const { env, dispose } = await getPlatformProxy<{ RELEASES: Bucket }>({
      configPath,
      persist: { path: join(root, '.wrangler', 'state', 'v3') },
    });
    return { bucket: env.RELEASES, close: dispose };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
