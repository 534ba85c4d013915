import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test from 'node:test';
import { loadCifar10 } from '../data/cifar10.ts';
import { fingerprint } from '../data/data-set.ts';
import { cacheFolder } from '../files/cache-folder.ts';
import { cifar10Record } from './imported-data.ts';

const skip = existsSync(cacheFolder('data', 'cifar10'))
  ? false
  : 'CIFAR-10 is not in the cache: npx glimpse data cifar10';

test('the fingerprint matches CIFAR-10', { skip }, async () => {
  assert.equal(fingerprint(await loadCifar10(() => {})), cifar10Record.fingerprint);
});
