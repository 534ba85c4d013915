/** Puts the starter release into the local bucket, so that a fresh clone has something to answer with. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import './quiet-wrangler.ts';

interface Bucket {
  head(key: string): Promise<unknown>;
  /** Null where the condition does not hold. */
  put(key: string, value: Uint8Array, options: { onlyIf: { etagDoesNotMatch: string } }): Promise<unknown>;
}

/**
 * A model that has a channels.json already is left as it is: somebody may have published to it.
 *
 * @param root the project's folder; in it, starter/ holds `models/<name>/…` as a store does
 * @returns the models that were put there
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

/** Weights first, then each release.json, which makes its version exist, and the channels that point at it last. */
async function filesInOrder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const rank = ({ name }: { name: string }) => ['release.json', 'channels.json'].indexOf(name);
  return entries
    .filter((entry) => entry.isFile())
    .sort((a, b) => rank(a) - rank(b))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The bucket that `wrangler dev` serves on this machine. */
async function openReleasesBucket(root: string): Promise<{ bucket: Bucket; close: () => Promise<void> }> {
  // Imported here because loading wrangler takes most of a second.
  const { getPlatformProxy, unstable_readConfig } = await import('wrangler');
  const { r2_buckets, compatibility_date } = unstable_readConfig({ config: join(root, 'wrangler.toml') });
  // Only the buckets: wrangler warns about every binding that has no local counterpart.
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
