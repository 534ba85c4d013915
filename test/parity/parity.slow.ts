import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { cacheFolder } from '@glimpse/training/cache-folder';
import { loadCifar10 } from '@glimpse/training/data/cifar10';
import { starterFolder, startWorker } from '../support/worker/start-worker.ts';
import { compare } from './compare.ts';

const skip = existsSync(cacheFolder('data', 'cifar10')) ? false : 'the data is not here: npx glimpse data cifar10';

test('the Worker gives all 10,000 test images the class and the bits that evaluate gives them', {
  skip,
}, async () => {
  const data = await loadCifar10();
  const worker = await startWorker();
  try {
    const { images, classesThatDiffer, probabilitiesThatDiffer, accuracy } = await compare(
      worker.url,
      await starterFolder(),
      data.test,
    );
    assert.deepEqual(
      { images, classesThatDiffer, probabilitiesThatDiffer },
      { images: 10_000, classesThatDiffer: 0, probabilitiesThatDiffer: 0 },
    );
    assert.equal(accuracy.workerd, accuracy.node);
    assert.ok(accuracy.node >= 0.7);
  } finally {
    await worker.close();
  }
});
