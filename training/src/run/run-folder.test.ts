import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test, { after } from 'node:test';
import { testRunConfig } from '@glimpse/test/support/training/run-config';
import { RunFolder } from './run-folder.ts';

const parent = await mkdtemp(join(tmpdir(), 'glimpse-run-folder-'));
after(() => rm(parent, { recursive: true }));

test('runs that start in the same second get folders of their own', async () => {
  const config = testRunConfig;
  const runs = await Promise.all(Array.from({ length: 8 }, () => RunFolder.create(parent, config)));
  const names = runs.map(({ path }) => basename(path)).toSorted();
  assert.equal(new Set(names).size, 8);
  assert.deepEqual((await readdir(parent)).toSorted(), names);
  for (const { path } of runs) assert.equal((await RunFolder.open(path)).config.startedAt, config.startedAt);
});
