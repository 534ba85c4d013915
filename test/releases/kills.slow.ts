/** kill -9 of a publisher before and after each object that it writes: no reader ever sees half a release. */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { storedObjects } from '@glimpse/training/publish/stored-versions';
import { verifyStore } from '@glimpse/training/publish/verify-store';
import { openStore } from '@glimpse/training/store/open-store';
import { count } from '../support/counts.ts';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { ROOT } from '../support/worker/start-worker.ts';
import { allMoments, type Counts, killPublishers, sampleOf } from './killed-publisher.ts';

/** model.json, ten shards, release.json, channels.json */
const SHARD_BYTES = 840;
const WRITES = 13;

function report(t: TestContext, counts: Counts): void {
  const { kills, reads, incomplete, completed } = counts;
  t.diagnostic(`${kills} kills, ${completed} completed by publishing again; ${reads} reads, ${incomplete} incomplete`);
  assert.equal(incomplete, 0);
  assert.equal(completed, kills);
  assert.ok(reads > kills);
}

test('on a real S3 server', { skip: (await s3Available()) ? false : S3_MISSING }, async (t) => {
  const s3 = await startS3();
  Object.assign(process.env, s3.env);
  const place = `s3://${BUCKET}/killed`;
  const store = await openStore(place, '');
  try {
    const moments = sampleOf(allMoments(WRITES), count('publisherKills'));
    const counts = await killPublishers(place, store, 'killed', moments, SHARD_BYTES);
    report(t, counts);
    const stored = await storedObjects(store, 'killed');
    assert.ok(stored.versions.every(({ complete, objects }) => complete && objects.length === WRITES - 1));
    const { faults, good } = await verifyStore(store, 'killed', undefined, () => {});
    assert.deepEqual([faults, good], [[], moments.length]);
  } finally {
    await store.close();
    await s3.stop();
  }
});

test('on the local bucket', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'glimpse-killed-local-'));
  await copyFile(join(ROOT, 'wrangler.toml'), join(root, 'wrangler.toml'));
  const store = await openStore('local', root);
  try {
    // Only four writes: starting a local bucket takes longer than publishing to it.
    report(t, await killPublishers(root, store, 'killed', allMoments(4), Number.POSITIVE_INFINITY));
    const { faults, good } = await verifyStore(store, 'killed', undefined, () => {});
    assert.deepEqual([faults, good], [[], 8]);
  } finally {
    await store.close();
    await rm(root, { recursive: true });
  }
});
