import test from 'node:test';
import { fitBehavior } from '@glimpse/test/support/training/fit.contract';
import { findInstallation } from '../engines/tensorflow/installation.ts';
import { startTensorFlow } from '../engines/tensorflow/start.ts';

if (await findInstallation()) {
  const engine = await startTensorFlow();
  fitBehavior(() => engine);
} else {
  test('training on TensorFlow', { skip: 'TensorFlow is not installed: npx glimpse engine install' }, () => {});
}
