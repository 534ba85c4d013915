import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { imageFormats } from '@glimpse/shared/image/formats';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { sniff } from '@glimpse/shared/image/sniff';
import { count, seed } from '../support/counts.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { execute } from './execute.ts';
import { mutate } from './mutate.ts';
import { fuzzSeeds, MAX_SEED_BYTES } from './seeds.ts';

const EXECUTIONS = count('fuzzExecutions');
const readImage = nodeImageReader();

test('damaged images of every format are read or refused, deterministically, and in bounded time', async (t) => {
  const seeds = await fuzzSeeds();
  const random = seededRandom(seed);
  const pick = () => seeds[Math.floor(random() * seeds.length)]!;
  const sniffed = new Set(seeds.map((seed) => sniff(seed).kind));
  for (const format of imageFormats) assert.ok(sniffed.has(format), `no seed is a ${format}`);
  const kinds = new Set<string>();
  for (let i = 0; i < EXECUTIONS; i++) {
    const bytes = mutate(pick(), pick(), random, 2 * MAX_SEED_BYTES);
    const outcome = await execute(readImage, bytes);
    if (i % 16 === 0) assert.equal(await execute(readImage, bytes), outcome);
    kinds.add(outcome.split(' ', 1)[0]!);
  }
  t.diagnostic(`${EXECUTIONS} executions from ${seeds.length} seeds`);
  // The inputs are neither all refused early nor all accepted.
  for (const kind of ['read', 'image-undecodable', 'image-unsupported', 'image-too-many-pixels'])
    assert.ok(kinds.has(kind), kind);
});

test('the same seed gives the same mutations', () => {
  const file = Uint8Array.from({ length: 100 }, (_, i) => i);
  const damage = (seed: number) => mutate(file, file.toReversed(), seededRandom(seed), 1000);
  assert.deepEqual(damage(3), damage(3));
  assert.notDeepEqual(damage(3), damage(4));
});

test('earlier findings stay fixed', async () => {
  const folder = join(import.meta.dirname, 'findings');
  const names = existsSync(folder) ? await readdir(folder) : [];
  for (const name of names) {
    await execute(readImage, await readFile(join(folder, name)));
  }
});
