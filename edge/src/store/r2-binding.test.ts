/** R2 in workerd. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { type R2BucketBinding, r2Store } from '@glimpse/shared/store/r2-store';
import { storeContract } from '@glimpse/test/support/store.contract';
import { root } from '@glimpse/test/support/worker/root';
import { startWorker } from '@glimpse/test/support/worker/worker';

const worker = await startWorker();
after(() => worker.close());

/** A bucket whose methods all do the same. */
const bucketThat = (behavior: () => Promise<never>): R2BucketBinding => {
  const bucket = { get: behavior, put: behavior, list: behavior, delete: behavior };
  return bucket as unknown as R2BucketBinding;
};

const options = { deadlineMs: 5_000, description: 'R2' };
storeContract({
  name: 'R2',
  store: () => r2Store(worker.privateBucket as unknown as R2BucketBinding, options),
  silent: () =>
    r2Store(
      bucketThat(() => new Promise(() => {})),
      { ...options, deadlineMs: 100 },
    ),
  failing: () =>
    r2Store(
      bucketThat(() => Promise.reject(new Error('internal error (10001)'))),
      options,
    ),
});

test('wrangler.toml binds two different buckets', async () => {
  const names = [...(await readFile(join(root, 'wrangler.toml'), 'utf8')).matchAll(/^bucket_name = "(.+)"$/gm)];
  assert.equal(new Set(names.map(([, name]) => name)).size, 2);
});
