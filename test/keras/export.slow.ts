/** Exported models load in real Keras, give the same outputs there, and continue training. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { normalize } from '@glimpse/shared/image/tensor';
import { cifar10Tutorial } from '@glimpse/shared/model/architectures/cifar10-tutorial';
import {
  type Architecture,
  defineArchitecture,
  elements,
  inferShapes,
  weightName,
} from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { Network } from '@glimpse/shared/model/network/network';
import { regularizers } from '@glimpse/shared/model/network/weight-spec';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { startWasm } from '@glimpse/training/engines/wasm/start';
import { readSafetensors, writeSafetensors } from '@glimpse/training/files/safetensors';
import type { Checkpoint } from '@glimpse/training/fit/checkpoint';
import { fit } from '@glimpse/training/fit/fit';
import { type SettingsInput, settingsSchema } from '@glimpse/training/fit/settings';
import type { CompileSettings } from '@glimpse/training/keras/compile';
import { type ExportedModel, exportModel } from '@glimpse/training/keras/export-model';
import { importModel } from '@glimpse/training/keras/import-model';
import { readKerasFile } from '@glimpse/training/keras/read-keras-file';
import { writeKerasFile } from '@glimpse/training/keras/write-keras-file';
import { layerCases } from '../support/layers/layer-cases.ts';
import { testInput } from '../support/release.ts';
import { colorData } from '../support/training/data.ts';
import { testWeights } from '../support/weights.ts';
import { relativeDifference } from './agreement/differences.ts';
import { type KerasPython, keras2, keras3, runPython } from './python.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-keras-export-'));
before(useWasmBackend);
after(() => rm(folder, { recursive: true }));

/** Trains without random numbers, so that a further step can be compared with Keras. */
const plain = defineArchitecture(
  'plain',
  [32, 32, 3],
  [
    { className: 'Conv2D', config: { filters: 8, kernelSize: 3, strides: 2, activation: 'relu' } },
    { className: 'MaxPooling2D' },
    { className: 'Flatten' },
    { className: 'Dense', config: { units: 10, activation: 'softmax' } },
  ],
);

/** A graph with the layers that Keras 2 and 3 serialize differently. */
const residual = defineArchitecture(
  'residual',
  [16, 16, 3],
  [
    { className: 'ZeroPadding2D' },
    {
      className: 'Conv2D',
      config: { filters: 4, kernelSize: 3, useBias: false, kernelRegularizer: regularizers.l2(0.01) },
    },
    { className: 'BatchNormalization' },
    { className: 'Activation', config: { name: 'entry', activation: 'relu' } },
    { className: 'DepthwiseConv2D', config: { kernelSize: 3, padding: 'same' } },
    { className: 'SeparableConv2D', config: { filters: 4, kernelSize: 3, padding: 'same', name: 'separable' } },
    { className: 'Add', inputs: ['entry', 'separable'] },
    { className: 'MaxPooling2D' },
    { className: 'Dropout', config: { rate: 0.25 } },
    { className: 'GlobalAveragePooling2D' },
    { className: 'Dense', config: { units: 10, activation: 'softmax' } },
  ],
);

const optimizers: readonly [CompileSettings, string, Record<string, number>][] = [
  [
    compiledWith({ name: 'sgd', learningRate: 0.02, momentum: 0.9, nesterov: true }),
    'SGD',
    { momentum: 0.9, nesterov: 1 },
  ],
  [compiledWith({ name: 'sgd', learningRate: 1 }), 'SGD', { momentum: 0 }],
  [compiledWith({ name: 'rmsprop', learningRate: 0.02 }), 'RMSprop', { rho: 0.9, epsilon: 1e-7 }],
  [compiledWith({ name: 'adam', learningRate: 0.02 }), 'Adam', { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }],
  [compiledWith({ name: 'adamw', learningRate: 0.02 }), 'AdamW', { beta_1: 0.9, beta_2: 0.999, weight_decay: 0.004 }],
];

function compiledWith(optimizer: SettingsInput['optimizer']): CompileSettings {
  return settingsSchema.parse({ optimizer });
}

for (const keras of [keras2, keras3]) {
  test(`${keras.name} loads the tutorial's network with the same predictions and trains it`, {
    skip: keras.skip,
  }, async () => {
    const x = batch(cifar10Tutorial, 8);
    const weights = testWeights(cifar10Tutorial);
    const network = new Network(cifar10Tutorial, weights);
    const outputs = network.predict(x.values);
    network.dispose();
    const model = modelOf(
      cifar10Tutorial,
      weights,
      settingsSchema.parse({ optimizer: { name: 'rmsprop', learningRate: 0.002 } }),
    );
    const [answer] = await opened(keras, [{ model, x, y: targets(8) }]);
    const difference = Math.max(...outputs.map((value, i) => Math.abs(value - answer!.outputs.values[i]!)));
    assert.ok(difference <= 1e-5, `predictions differ by ${difference}`);
    assert.equal(answer!.compiled.metrics, 2, 'loss and accuracy');
    assert.equal(answer!.compiled.stepsNow, 2);
    assert.ok(answer!.losses.every(Number.isFinite));
  });

  test(`${keras.name} loads every kind of layer with the same outputs`, { skip: keras.skip }, async () => {
    const cases = layerCases.map(({ inputShape, layers }, index) => {
      const architecture = defineArchitecture(`case-${index}`, inputShape, layers);
      return { architecture, weights: testWeights(architecture), x: batch(architecture, 2) };
    });
    const settings: CompileSettings = compiledWith({ name: 'adam', learningRate: 0.001 });
    const answers = await opened(
      keras,
      cases.map(({ architecture, weights, x }) => ({ model: modelOf(architecture, weights, settings), x })),
    );
    for (const [index, { architecture, weights, x }] of cases.entries()) {
      const network = new Network(architecture, weights);
      const { outputs } = answers[index]!;
      const difference = relativeDifference({ shape: outputs.shape, values: network.predict(x.values) }, outputs);
      network.dispose();
      assert.ok(difference <= 1e-5, `${JSON.stringify(architecture.layers)} differs by ${difference}`);
    }
  });

  test(`a model survives a round trip through ${keras.name}`, { skip: keras.skip }, async () => {
    const x = batch(residual, 2);
    const weights = testWeights(residual);
    const model = modelOf(residual, weights, compiledWith({ name: 'sgd', learningRate: 0.1 }));
    const [answer] = await opened(keras, [{ model, x }]);
    const again = importModel(await readKerasFile(answer!.again, 'again.h5'), residual.name);
    assert.deepEqual(again.weights, weights);
    assert.deepEqual(
      inferShapes(again.architecture).map(({ layer: { className }, inputs }) => [className, inputs]),
      inferShapes(residual).map(({ layer: { className }, inputs }) => [className, inputs]),
    );
    const networks = [residual, again.architecture].map((architecture) => new Network(architecture, weights));
    const [before, after] = networks.map((network) => network.predict(x.values));
    assert.deepEqual(after, before);
    for (const network of networks) network.dispose();
  });

  test(`${keras.name} compiles it with the run's optimizer, learning rate and options`, {
    skip: keras.skip,
  }, async () => {
    const weights = testWeights(plain);
    const models = optimizers.map(([settings]) => ({
      model: modelOf(plain, weights, settings),
      x: batch(plain, 4),
      y: targets(4),
    }));
    const answers = await opened(keras, models);
    for (const [index, [{ optimizer }, className, options]] of optimizers.entries()) {
      const { compiled } = answers[index]!;
      assert.equal(compiled.optimizer, className);
      // Keras 3 creates AdamW by name with its defaults (docs/keras.md).
      const rate = keras === keras3 && className === 'AdamW' ? 0.001 : optimizer.learningRate;
      assert.equal(compiled.learningRate, Math.fround(rate), className);
      for (const [name, value] of Object.entries(options))
        assert.equal(compiled.config[name], Math.fround(value), name);
      assert.equal(compiled.stepsNow, 2);
    }
  });
}

test('the first step in Keras 3 matches the first step here', { skip: keras3.skip }, async () => {
  const data = colorData(64, 16);
  // One step per epoch over all images, so their order does not matter.
  const settings = settingsSchema.parse({
    epochs: 1,
    batchSize: 64,
    optimizer: { name: 'rmsprop', learningRate: 0.01 },
  });
  const checkpoints: Checkpoint[] = [];
  await fit({
    architecture: plain,
    input: testInput,
    data,
    settings,
    engine: await startWasm(),
    on: {
      step() {},
      epoch() {},
      async checkpoint(checkpoint) {
        checkpoints.push(checkpoint);
      },
    },
  });
  const [start, end] = checkpoints;
  const { pixels, classes } = data.train.range(0, 64);
  const x = { shape: [64, 32, 32, 3], values: normalize(pixels, testInput) };
  const y = {
    shape: [64, 10],
    values: Float32Array.from({ length: 640 }, (_, i) => Number(classes[Math.floor(i / 10)] === i % 10)),
  };
  const model = modelOf(plain, start!.weights, settings);
  const [answer] = await opened(keras3, [{ model, x, y }]);
  assert.ok(Math.abs(answer!.losses[0]! - end!.history.loss[0]!) < 1e-5, 'the loss of the step');
  for (const { layer, weights } of inferShapes(plain)) {
    for (const spec of weights) {
      const name = weightName(layer, spec);
      const difference = relativeDifference(answer!.weights.get(name)!, end!.weights.get(name)!);
      assert.ok(difference < 1e-5, `${name} differs by ${difference}`);
    }
  }
});

interface Opening {
  readonly model: ExportedModel;
  readonly x: Tensor;
  /** If omitted, the model is only loaded and predicts. */
  readonly y?: Tensor;
}

interface Opened {
  readonly outputs: Tensor;
  readonly losses: readonly number[];
  /** After one step. */
  readonly weights: Weights;
  /** The loaded model as saved again by Keras. */
  readonly again: Uint8Array;
  readonly compiled: {
    readonly optimizer: string;
    readonly learningRate: number;
    readonly metrics: number;
    readonly stepsNow: number;
    readonly config: Readonly<Record<string, number>>;
  };
}

type Tensor = { readonly shape: readonly number[]; readonly values: Float32Array };

/** Loads all models in one process, because starting it takes seconds. */
async function opened(keras: KerasPython, models: readonly Opening[]): Promise<Opened[]> {
  const folders = await Promise.all(
    models.map(async ({ model, x, y }) => {
      const work = await mkdtemp(join(folder, 'opened-'));
      await writeFile(join(work, 'model.h5'), await writeKerasFile(exportModel(model)));
      const given = new Map(Object.entries({ x, ...(y ? { y } : {}) }));
      await writeFile(join(work, 'given.safetensors'), writeSafetensors(given, {}));
      return work;
    }),
  );
  await runPython(keras, 'load_and_fit.py', folders);
  return Promise.all(folders.map(readAnswer));
}

async function readAnswer(work: string): Promise<Opened> {
  const { tensors } = readSafetensors(await readFile(join(work, 'answer.safetensors')));
  return {
    outputs: tensors.get('outputs')!,
    losses: [...(tensors.get('losses')?.values ?? [])],
    again: await readFile(join(work, 'again.h5')),
    weights: new Map([...tensors].map(([name, value]) => [name.replace(/^weights\//, ''), value])),
    compiled: JSON.parse(await readFile(join(work, 'compiled.json'), 'utf8').catch(() => '{}')),
  };
}

function modelOf(architecture: Architecture, weights: Weights, settings: CompileSettings): ExportedModel {
  const labels = Array.from({ length: 10 }, (_, i) => `class ${i}`);
  return { architecture, weights, settings, labels, input: testInput };
}

function batch({ inputShape }: Architecture, count: number): Tensor {
  const length = count * elements(inputShape);
  return {
    shape: [count, ...inputShape],
    values: Float32Array.from({ length }, (_, i) => Math.abs(Math.sin(i * 78.233))),
  };
}

/** Another class for each. */
function targets(count: number): Tensor {
  return { shape: [count, 10], values: Float32Array.from({ length: count * 10 }, (_, i) => Number(i % 11 === 0)) };
}
