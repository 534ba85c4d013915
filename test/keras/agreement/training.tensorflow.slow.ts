import test from 'node:test';
import { findInstallation } from '@glimpse/training/engines/tensorflow/installation';
import { startTensorFlow } from '@glimpse/training/engines/tensorflow/start';
import { trainingBehavior } from './training.contract.ts';

if (await findInstallation()) {
  await trainingBehavior(await startTensorFlow());
} else {
  test('training on TensorFlow compared with Keras', {
    skip: 'TensorFlow is not installed: npx glimpse engine install',
  }, () => {});
}
