import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { type R2BucketBinding, r2Store } from '@glimpse/shared/store/r2-store';
import { storeContract } from '@glimpse/test/support/store.contract';
import { publishBehavior } from '@glimpse/test/support/training/publish.contract';
import { openLocalStore } from './local-store.ts';

const root = await mkdtemp(join(tmpdir(), 'glimpse-local-'));
await copyFile(join(import.meta.dirname, '../../../wrangler.toml'), join(root, 'wrangler.toml'));
const store = await openLocalStore(root);
after(async () => {
  await store.close();
  await rm(root, { recursive: true });
});

publishBehavior(() => store);

/** A bucket whose methods all do the same. */
const bucketThat = (behavior: () => Promise<never>): R2BucketBinding => {
  const bucket = { get: behavior, put: behavior, list: behavior, delete: behavior };
  return bucket as unknown as R2BucketBinding;
};

storeContract({
  name: 'the local bucket',
  store: () => store,
  silent: () =>
    r2Store(
      bucketThat(() => new Promise(() => {})),
      { deadlineMs: 100, description: 'R2' },
    ),
  failing: () =>
    r2Store(
      bucketThat(() => Promise.reject(new Error('failed'))),
      { deadlineMs: 100, description: 'R2' },
    ),
});

test('outside the project it says where to run', async () => {
  await assert.rejects(openLocalStore(tmpdir()), {
    code: 'store-failed',
    message: /no wrangler\.toml: .* root folder/,
  });
});
