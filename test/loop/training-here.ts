/** Why tests that train on CIFAR-10 with TensorFlow are skipped, with the command that fixes it; false if they can run. */
import { existsSync } from 'node:fs';
import { findInstallation } from '@glimpse/training/engines/tensorflow/installation';
import { cacheFolder } from '@glimpse/training/files/cache-folder';

export const trainingLacks: string | false = !(await findInstallation())
  ? 'TensorFlow is not installed: npx glimpse engine install'
  : !existsSync(cacheFolder('data', 'cifar10')) && 'CIFAR-10 is not in the cache: npx glimpse data cifar10';
