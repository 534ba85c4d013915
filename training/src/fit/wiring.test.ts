/**
 * Compares whole runs with a plain float64 implementation of softmax regression: order, schedule, clipping, class weights,
 * short batches, validation and resuming. It shares only `epochOrder` with the code under test.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { defineArchitecture } from '@glimpse/shared/model/network/architecture';
import { testInput } from '@glimpse/test/support/release';
import type { DataSet } from '../data/data-set.ts';
import { ImageSet } from '../data/image-set.ts';
import { startWasm } from '../engines/wasm/start.ts';
import { epochOrder } from './batches.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type EpochResult, fit } from './fit.ts';
import { type SettingsInput, settingsSchema } from './settings.ts';

const engine = await startWasm();

const TRAIN = 10;
const CLASSES = 3;
const SIZE = 6;

const architecture = defineArchitecture(
  'regression',
  [1, 2, 3],
  [{ className: 'Flatten' }, { className: 'Dense', config: { units: CLASSES, activation: 'softmax' } }],
);

function imageSet(count: number, offset: number) {
  const pixels = Uint8Array.from({ length: count * SIZE }, (_, index) => ((index + offset) * 97 + index * index) % 256);
  const classes = Uint8Array.from({ length: count }, (_, index) => (index * index + offset) % CLASSES);
  return { pixels, classes, set: ImageSet.inMemory(pixels, classes) };
}

const train = imageSet(TRAIN, 0);
const held = imageSet(7, 41);
const data: DataSet = {
  name: 'regression',
  shape: [1, 2, 3],
  labels: ['a', 'b', 'c'],
  train: train.set,
  validation: held.set,
  test: held.set,
};

async function run(
  settings: SettingsInput,
  { from, stopAfter, images = data }: { from?: Checkpoint; stopAfter?: number; images?: DataSet } = {},
) {
  const checkpoints: Checkpoint[] = [];
  const epochs: EpochResult[] = [];
  const stop = new AbortController();
  let steps = 0;
  const end = await fit({
    architecture,
    input: testInput,
    data: images,
    settings: settingsSchema.parse(settings),
    engine,
    signal: stop.signal,
    ...(from ? { from } : {}),
    on: {
      step: () => void (++steps === stopAfter && stop.abort()),
      epoch: (result) => void epochs.push(result),
      checkpoint: async (checkpoint) => void checkpoints.push(checkpoint),
    },
  });
  return { end, checkpoints, epochs };
}

/** [inputs..., 1] of an image, normalized. */
function features(pixels: Uint8Array, image: number): number[] {
  const values = [...pixels.subarray(image * SIZE, (image + 1) * SIZE)];
  const { mean, standardDeviation } = testInput;
  return [...values.map((value, index) => (value / 255 - mean[index % 3]!) / standardDeviation[index % 3]!), 1];
}

interface Reference {
  readonly rate: (step: number) => number;
  readonly maxGlobalNorm?: number;
  readonly classWeights?: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly seed: number;
}

/** SGD on softmax regression; the bias is the last row of `weights`. */
function reference(start: Checkpoint, { rate, maxGlobalNorm, classWeights, epochs, batchSize, seed }: Reference) {
  const kernel = start.weights.get('dense/kernel')!.values;
  const bias = start.weights.get('dense/bias')!.values;
  const weights = [...kernel, ...bias].map(Number);
  const probabilities = (x: number[]) => {
    const logits = Array.from({ length: CLASSES }, (_, c) =>
      x.reduce((sum, value, row) => sum + value * weights[row * CLASSES + c]!, 0),
    );
    const exps = logits.map(Math.exp);
    const total = exps.reduce((a, b) => a + b);
    return exps.map((value) => value / total);
  };
  const curves = { loss: [] as number[], val_loss: [] as number[], val_acc: [] as number[] };
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = [...epochOrder(seed, epoch, TRAIN)];
    let lossSum = 0;
    for (let at = 0; at < TRAIN; at += batchSize) {
      const batch = order.slice(at, at + batchSize);
      const gradient = weights.map(() => 0);
      for (const image of batch) {
        const x = features(train.pixels, image);
        const p = probabilities(x);
        const truth = train.classes[image]!;
        const weight = classWeights?.[truth] ?? 1;
        lossSum -= weight * Math.log(p[truth]!);
        for (const [row, value] of x.entries()) {
          for (let c = 0; c < CLASSES; c++) {
            gradient[row * CLASSES + c]! += (weight * value * (p[c]! - Number(c === truth))) / batch.length;
          }
        }
      }
      const norm = Math.hypot(...gradient);
      const scale = maxGlobalNorm !== undefined && norm > maxGlobalNorm ? maxGlobalNorm / norm : 1;
      for (const [index, value] of gradient.entries()) weights[index]! -= rate(step) * scale * value;
      step++;
    }
    curves.loss.push(lossSum / TRAIN);
    const answers = [...held.classes].map((truth, image) => {
      const p = probabilities(features(held.pixels, image));
      return { loss: -Math.log(p[truth]!), right: p.indexOf(Math.max(...p)) === truth };
    });
    curves.val_loss.push(answers.reduce((sum, { loss }) => sum + loss, 0) / answers.length);
    curves.val_acc.push(answers.filter(({ right }) => right).length / answers.length);
  }
  return { weights, curves };
}

function near(actual: readonly number[], expected: readonly number[], what: string): void {
  assert.equal(actual.length, expected.length, what);
  for (const [index, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[index]!) < 1e-4, `${what}[${index}]: ${value} instead of ${expected[index]}`);
  }
}

const base = { epochs: 3, batchSize: 4, seed: 5, optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0 } } as const;
const variants: Record<string, { settings: SettingsInput; reference: Partial<Reference> }> = {
  'a constant rate': { settings: {}, reference: {} },
  'a rate that falls over the whole run': {
    settings: { schedule: { name: 'cosine' } },
    reference: { rate: (step) => (0.1 * (1 + Math.cos((Math.PI * step) / 9))) / 2 },
  },
  'class weights': { settings: { classWeights: [1, 3, 0.5] }, reference: { classWeights: [1, 3, 0.5] } },
  'clipping of long gradients': { settings: { clipping: { globalNorm: 0.3 } }, reference: { maxGlobalNorm: 0.3 } },
  'clipping that leaves short gradients unchanged': {
    settings: { clipping: { globalNorm: 100 } },
    reference: { maxGlobalNorm: 100 },
  },
};

for (const [name, variant] of Object.entries(variants)) {
  const settings = { ...base, ...variant.settings };

  test(`losses, validation and weights agree with the reference: ${name}`, async () => {
    const { checkpoints, epochs } = await run(settings);
    const expected = reference(checkpoints[0]!, { ...base, rate: () => 0.1, ...variant.reference });
    const { history } = epochs.at(-1)!;
    near(history.loss, expected.curves.loss, 'loss');
    near(history.val_loss, expected.curves.val_loss, 'val_loss');
    near(history.val_acc, expected.curves.val_acc, 'val_acc');
    near(weightsOf(checkpoints.at(-1)!), expected.weights, 'weights');
  });

  test(`a resumed run agrees with the reference: ${name}`, async () => {
    const stopped = await run(settings, { stopAfter: 5 });
    const resumed = await run(settings, { from: stopped.checkpoints.at(-1)! });
    const expected = reference(stopped.checkpoints[0]!, { ...base, rate: () => 0.1, ...variant.reference });
    near(resumed.epochs.at(-1)!.history.loss, expected.curves.loss, 'loss');
    near(weightsOf(resumed.checkpoints.at(-1)!), expected.weights, 'weights');
  });
}

test('each epoch sees every image once, in an order of its own', () => {
  const orders = [0, 1, 2].map((epoch) => [...epochOrder(5, epoch, TRAIN)]);
  for (const order of orders) {
    assert.deepEqual(
      order.toSorted((a, b) => a - b),
      Array.from({ length: TRAIN }, (_, index) => index),
    );
  }
  assert.equal(new Set(orders.map(String)).size, 3);
});

const still = { name: 'sgd', learningRate: 1e-20, momentum: 0 } as const;

test('a run whose validation does not improve stops after `patience` more epochs', async () => {
  const early = { ...base, epochs: 9, optimizer: still };
  const { end, epochs } = await run({ ...early, earlyStopping: { patience: 2 } });
  assert.deepEqual([end, epochs.length], ['early', 3]);
});

test('augmentation differs from epoch to epoch', async () => {
  // Equal images, so that their order cannot change the loss.
  const pixels = Uint8Array.from({ length: TRAIN * SIZE }, (_, index) => (index % SIZE) * 50);
  const images = { ...data, train: ImageSet.inMemory(pixels, new Uint8Array(TRAIN)) };
  const settings = { ...base, epochs: 8, batchSize: TRAIN, optimizer: still, augmentation: { flip: true } };
  const { epochs } = await run(settings, { images });
  const losses = epochs.at(-1)!.history.loss.map((loss) => loss.toFixed(4));
  assert.ok(new Set(losses).size > 2, `${losses}`);
});

function weightsOf({ weights }: Checkpoint): number[] {
  return [...weights.get('dense/kernel')!.values, ...weights.get('dense/bias')!.values];
}
