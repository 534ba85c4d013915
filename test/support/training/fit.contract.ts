/** Training behaves like this on every engine. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { cifar10Small } from '@glimpse/shared/model/architectures/cifar10-small';
import type { Engine } from '@glimpse/training/engines/engine';
import type { Checkpoint } from '@glimpse/training/fit/checkpoint';
import { type EpochResult, type FitOptions, fit } from '@glimpse/training/fit/fit';
import { settingsSchema } from '@glimpse/training/fit/settings';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { testInput } from '../release.ts';
import { colorData } from './data.ts';

const data = colorData();
const settings = settingsSchema.parse({ epochs: 2, batchSize: 64 });
const rmsprop = (learningRate: number) => ({ ...settings.optimizer, learningRate });

export function fitBehavior(engine: () => Engine): void {
  async function run(options: Partial<FitOptions> & { stopAfter?: number } = {}) {
    const checkpoints: Checkpoint[] = [];
    const epochs: EpochResult[] = [];
    const tensors: number[] = [];
    const stop = new AbortController();
    let steps = 0;
    const end = await fit({
      architecture: cifar10Small,
      input: testInput,
      data,
      settings,
      engine: engine(),
      signal: stop.signal,
      on: {
        step() {
          if (++steps === options.stopAfter) stop.abort();
          tensors.push(memory().numTensors);
        },
        epoch: (result) => void epochs.push(result),
        checkpoint: async (checkpoint) => void checkpoints.push(checkpoint),
      },
      ...options,
    });
    return { end, checkpoints, epochs, tensors, steps };
  }

  test('the loss decreases, and the network learns an easy task', async () => {
    const { epochs } = await run({ settings: { ...settings, epochs: 30, optimizer: rmsprop(0.01) } });
    assert.ok(epochs.at(-1)!.training.loss < epochs[0]!.training.loss / 2);
    assert.ok(epochs.at(-1)!.validation.acc > 0.8, `${epochs.at(-1)!.validation.acc}`);
  });

  test('an epoch trains on every image, including the smaller last batch', async () => {
    const { steps, epochs } = await run();
    assert.equal(steps, 2 * Math.ceil(300 / 64));
    assert.equal(epochs[0]!.steps, 5);
    assert.deepEqual(
      epochs.map(({ epoch, history }) => [epoch, history.val_acc.length]),
      [
        [1, 1],
        [2, 2],
      ],
    );
  });

  test('the same seed gives the same weights bit for bit; another seed gives different ones', async () => {
    const [first, second, other] = [await run(), await run(), await run({ settings: { ...settings, seed: 2 } })];
    assert.equal(hash(first.checkpoints.at(-1)!), hash(second.checkpoints.at(-1)!));
    assert.notEqual(hash(first.checkpoints.at(-1)!), hash(other.checkpoints.at(-1)!));
    assert.notEqual(hash(first.checkpoints[0]!), hash(other.checkpoints[0]!));
  });

  for (const [where, stopAfter] of [
    ['within an epoch', 2],
    ['at the end of one', 5],
    ['just before the end', 9],
  ] as const) {
    test(`a run stopped ${where} and resumed ends with the same weights and curves`, async () => {
      const whole = await run();
      const stopped = await run({ stopAfter });
      assert.equal(stopped.end, 'stopped');
      assert.equal(stopped.steps, stopAfter);
      const resumed = await run({ from: stopped.checkpoints.at(-1)! });
      assert.equal(resumed.end, 'finished');
      assert.equal(hash(resumed.checkpoints.at(-1)!), hash(whole.checkpoints.at(-1)!));
      assert.deepEqual(resumed.epochs.at(-1)!.history, whole.epochs.at(-1)!.history);
    });
  }

  test('a loss that is not finite stops the run, and the last checkpoint is valid', async () => {
    const checkpoints: Checkpoint[] = [];
    const diverging = run({
      settings: { ...settings, optimizer: rmsprop(1e38) },
      on: { step() {}, epoch() {}, checkpoint: async (checkpoint) => void checkpoints.push(checkpoint) },
    });
    // A WASM kernel may turn NaN into 0 before it reaches the loss. The weights are still NaN.
    await assert.rejects(diverging, { code: 'loss-not-finite', message: /^The (loss became|weight .* is no longer)/ });
    assert.equal(checkpoints.length, 1);
    for (const { values } of checkpoints[0]!.weights.values()) assert.ok(values.every(Number.isFinite));
  });

  test('a run stops if other code switches the backend', async () => {
    const switched = run({
      on: { step: () => void setBackend('cpu'), epoch() {}, async checkpoint() {} },
    });
    await assert.rejects(switched, {
      code: 'engine-unavailable',
      message: /other code switched tfjs to "cpu"\. The run was stopped/,
    });
    await setBackend(engine().name);
  });

  test('steps do not leak tensors', async () => {
    const { tensors } = await run();
    assert.equal(new Set(tensors).size, 1, `${tensors}`);
    const before = memory().numTensors;
    await run();
    assert.equal(memory().numTensors, before);
  });
}

function hash(checkpoint: Checkpoint): string {
  const digest = createHash('sha256');
  for (const tensors of [checkpoint.weights, checkpoint.slots])
    for (const { values } of tensors.values()) digest.update(values);
  return digest.digest('hex');
}
