/** Kills publishers at each of their writes, and checks what a reader sees meanwhile. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { loadChannels } from '@glimpse/training/publish/move';
import { writeReleaseFolder } from '@glimpse/training/publish/release-folder';
import { readStoredRelease } from '@glimpse/training/publish/stored-release';
import { seed } from '../support/counts.ts';
import { testRelease } from '../support/release.ts';
import { seededRandom } from '../support/seeded-random.ts';

export interface Counts {
  /** Publishers that were killed. */
  kills: number;
  /** Complete reads of the stable channel, during publishing and after each kill. */
  reads: number;
  /** Reads that did not return a complete version. */
  incomplete: number;
  /** Publishes that completed the version after a kill. */
  completed: number;
}

/** One kill before and one after each write of a release. */
export function allMoments(writes: number): ['before' | 'after', number][] {
  return Array.from({ length: writes }, (_, i) => i + 1).flatMap((n) => [
    ['before', n],
    ['after', n],
  ]);
}

/** A seeded sample, in the original order. */
export function sampleOf<Item>(items: readonly Item[], size: number): Item[] {
  const random = seededRandom(seed);
  const kept = new Set(
    items
      .map((_, index) => ({ index, draw: random() }))
      .sort((a, b) => a.draw - b.draw)
      .slice(0, size)
      .map(({ index }) => index),
  );
  return items.filter((_, index) => kept.has(index));
}

/**
 * @param place the store, as `publisher.ts` expects it
 * @param shardBytes maximum bytes of a weight file; smaller shards mean more writes
 */
export async function killPublishers(
  place: string,
  store: ObjectStore,
  model: string,
  moments: readonly (readonly ['before' | 'after', number])[],
  shardBytes: number,
): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-killed-'));
  const counts: Counts = { kills: 0, reads: 0, incomplete: 0, completed: 0 };
  let over = false;
  const read = async (): Promise<string | undefined> => {
    const { channels } = await loadChannels(store, model);
    if (!channels) return undefined;
    const { version } = channels.channels.stable!;
    counts.reads++;
    await readStoredRelease(store, model, version).catch(() => counts.incomplete++);
    return version;
  };
  const reader = (async () => {
    while (!over) await read().then(() => new Promise((resolve) => setTimeout(resolve, 20)));
  })();
  try {
    let live: string | undefined;
    for (const [index, [when, n]] of moments.entries()) {
      const release = await testRelease({ model, seed: index + 1, shardBytes });
      const path = join(folder, release.version);
      await writeReleaseFolder(path, release);
      const killed = await publisher(place, path, when, n);
      assert.equal(killed.signal, 'SIGKILL', `${when} write ${n}: ${killed.out}`);
      counts.kills++;
      const served = await read();
      // The channel is written last: only then is the new version served.
      assert.ok(served === live || served === release.version, `${served} is neither the old version nor the new one`);
      const again = await publisher(place, path, 'never', 0);
      assert.equal(again.code, 0, again.out);
      live = release.version;
      if ((await read()) === live) counts.completed++;
    }
  } finally {
    over = true;
    await reader;
    await rm(folder, { recursive: true });
  }
  return counts;
}

function publisher(
  place: string,
  folder: string,
  when: 'before' | 'after' | 'never',
  n: number,
): Promise<{ code: number | null; signal: string | null; out: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'publisher.ts'), place, folder, when, String(n)], {
      // Its own process group, killed as a whole: the local bucket is a separate process.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (data) => {
      out += data;
    });
    child.stderr.on('data', (data) => {
      out += data;
    });
    child.once('close', (code, signal) => resolve({ code, signal, out }));
  });
}
