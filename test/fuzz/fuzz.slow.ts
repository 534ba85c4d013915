import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { imageFormats } from '@glimpse/shared/image/formats';
import { nodeImageReader } from '@glimpse/shared/image/node';
import type { ReadImage } from '@glimpse/shared/image/read-image';
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

const findings = join(import.meta.dirname, 'findings');
const names = existsSync(findings) ? await readdir(findings) : [];

test('earlier findings stay fixed', { skip: names.length === 0 && 'the fuzzer has found nothing yet' }, async () => {
  for (const name of names) await execute(readImage, await readFile(join(findings, name)));
});

const image = { pixels: new Uint8Array(192), width: 8, height: 8 } as Awaited<ReturnType<ReadImage>>;

/** A reader that violates a guarantee → what the fuzzer reports. */
const violations: readonly [string, ReadImage, RegExp | typeof TypeError][] = [
  [
    'an error that is not an ImageError',
    () => {
      throw new TypeError('undefined is not a function');
    },
    TypeError,
  ],
  ['too few pixels', async () => ({ ...image, pixels: new Uint8Array(191) }), /191 bytes/],
  ['an image without width', async () => ({ ...image, width: 0 }), /0 x 8/],
  [
    'more than two seconds of CPU time',
    async () => {
      const began = process.cpuUsage();
      while (process.cpuUsage(began).user + process.cpuUsage(began).system < 2_100_000);
      return image;
    },
    /ms of CPU time/,
  ],
];

for (const [name, read, error] of violations) {
  test(`the fuzzer reports ${name}`, async () => {
    await assert.rejects(execute(read, new Uint8Array(1)), error);
  });
}

test('an outcome shows the pixels or the code, so that a second run that differs is noticed', async () => {
  const pixels = new Uint8Array(192);
  const read: ReadImage = async () => ({ ...image, pixels });
  const before = await execute(read, new Uint8Array(1));
  pixels[191] = 1;
  assert.notEqual(await execute(read, new Uint8Array(1)), before);
  assert.equal(await execute(readImage, new Uint8Array(1)), 'image-unsupported');
});
