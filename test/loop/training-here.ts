/** Why a test that trains on CIFAR-10 with TensorFlow is skipped, with the command that brings what lacks; false where it runs. */
import { existsSync } from 'node:fs';
import { findInstallation } from '@glimpse/training/engines/tensorflow/installation';
import { cacheFolder } from '@glimpse/training/files/cache-folder';

export const trainingLacks: string | false = !(await findInstallation())
  ? 'TensorFlow is not installed: npx glimpse engine install'
  : !existsSync(cacheFolder('data', 'cifar10')) && 'the data is not here: npx glimpse data cifar10';
