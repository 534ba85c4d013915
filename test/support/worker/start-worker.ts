/** The Worker in workerd for a test, with storage of its own that is deleted when it is closed. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestHarness } from 'wrangler';
import { builtWorker } from './built-worker.ts';

export const ROOT = join(import.meta.dirname, '../../..');

/** The part of the R2 binding that tests use. */
interface Bucket {
  put(key: string, bytes: Uint8Array | string): Promise<unknown>;
}

export interface RunningWorker {
  readonly url: URL;
  readonly bucket: Bucket;
  /** Holds keys and feedback. */
  readonly privateBucket: Bucket;
  close(): Promise<void>;
}

/** @param vars variables in addition to those of wrangler.toml */
export async function startWorker(vars: Record<string, string> = {}): Promise<RunningWorker> {
  const { root, config } = await builtWorker({ vars });
  const harness = createTestHarness({ root, workers: [{ config }] });
  const { url } = await harness.listen();
  const { RELEASES, PRIVATE } = await harness.getWorker<{ RELEASES: Bucket; PRIVATE: Bucket }>().getEnv();
  await putStarter(RELEASES);
  return { url, bucket: RELEASES, privateBucket: PRIVATE, close: () => harness.close() };
}

/** The folder of the starter release. */
export async function starterFolder(): Promise<string> {
  const folder = join(ROOT, 'starter/models/cifar10');
  const [version] = (await readdir(folder)).filter((name) => !name.endsWith('.json'));
  return join(folder, version!);
}

async function putStarter(bucket: Bucket): Promise<void> {
  const starter = join(ROOT, 'starter');
  const files = await readdir(join(starter, 'models'), { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name);
    await bucket.put(path.slice(starter.length + 1), await readFile(path));
  }
}
