import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
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

test('outside the project it says where to run', async () => {
  await assert.rejects(openLocalStore(tmpdir()), { code: 'store-failed', message: /no wrangler\.toml .* root folder/ });
});
