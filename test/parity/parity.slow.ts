import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { loadCifar10 } from '@glimpse/training/data/cifar10';
import { ImageSet } from '@glimpse/training/data/image-set';
import { cacheFolder } from '@glimpse/training/files/cache-folder';
import { count } from '../support/counts.ts';
import { starterFolder, startWorker } from '../support/worker/start-worker.ts';
import { compare } from './compare.ts';

const skip = existsSync(cacheFolder('data', 'cifar10'))
  ? false
  : 'CIFAR-10 is not in the cache: npx glimpse data cifar10';

test('the Worker and `evaluate` give the same probabilities for each test image, bit for bit', {
  skip,
}, async () => {
  const { pixels, classes } = (await loadCifar10()).test.range(0, count('parityImages'));
  const worker = await startWorker();
  try {
    const { images, classesThatDiffer, probabilitiesThatDiffer, accuracy } = await compare(
      worker.url,
      await starterFolder(),
      ImageSet.inMemory(pixels, classes),
    );
    assert.deepEqual(
      { images, classesThatDiffer, probabilitiesThatDiffer },
      { images: classes.length, classesThatDiffer: 0, probabilitiesThatDiffer: 0 },
    );
    assert.equal(accuracy.workerd, accuracy.node);
    assert.ok(accuracy.node >= 0.7);
  } finally {
    await worker.close();
  }
});
