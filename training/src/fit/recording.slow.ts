import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { cifar10Tutorial } from '@glimpse/shared/model/architectures/cifar10-tutorial';
import { testInput } from '@glimpse/test/support/release';
import { colorData } from '@glimpse/test/support/training/data';
import { findInstallation } from '../engines/tensorflow/installation.ts';
import { tensorFlowKernels } from '../engines/tensorflow/kernels.ts';
import { startTensorFlow } from '../engines/tensorflow/start.ts';
import { initialWeights } from './initialize.ts';
import { optimizers } from './optimizers/table.ts';
import { settingsSchema } from './settings.ts';
import { Trainer } from './trainer.ts';

if (await findInstallation()) {
  await startTensorFlow();
  const data = colorData(72, 20);
  const weights = initialWeights(cifar10Tutorial, 1);
  const augmentation = { flip: true, translate: 3, cutout: 6 };

  const train = (optimizer: keyof typeof optimizers, eager: boolean) => {
    const settings = settingsSchema.parse({
      optimizer,
      augmentation,
      labelSmoothing: 0.1,
      clipping: { globalNorm: 1 },
    });
    const trainer = new Trainer({
      architecture: cifar10Tutorial,
      input: testInput,
      settings,
      kernels: tensorFlowKernels,
      weights,
      classWeights: Array.from({ length: 10 }, (_, index) => 1 + index / 10),
      eager,
    });
    // Two full batches and a short one.
    const results = [0, 32, 64].map((from, step) => trainer.step(data.train.range(from, 32), step, 1 / (step + 1)));
    const metrics = trainer.evaluate(data.test);
    // As hashes: a difference of two million numbers would take minutes to print.
    const state = [...trainer.weights(), ...trainer.slots()].map(([name, { values }]) => [name, hash(values)]);
    trainer.dispose();
    return { results, metrics, state: Object.fromEntries(state) };
  };

  const hash = (values: Float32Array) => createHash('sha256').update(values).digest('hex').slice(0, 8);

  for (const optimizer of Object.keys(optimizers) as (keyof typeof optimizers)[]) {
    test(`${optimizer}: recorded and eager steps give the same bits`, () => {
      assert.deepEqual(train(optimizer, false), train(optimizer, true));
    });
  }
} else {
  test('recording steps', { skip: 'TensorFlow is not installed: npx glimpse engine install' }, () => {});
}
