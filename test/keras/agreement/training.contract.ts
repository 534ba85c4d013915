/** Compares training on an engine with real Keras: gradients, losses, optimizers, and 20 steps of everything. */
import assert from 'node:assert/strict';
import test from 'node:test';
import type { InputContract } from '@glimpse/shared/image/input-contract';
import type { LayerInput } from '@glimpse/shared/model/layers/table';
import {
  type Architecture,
  defineArchitecture,
  elements,
  inferShapes,
  weightName,
} from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { regularizers } from '@glimpse/shared/model/network/weight-spec';
import type { Engine } from '@glimpse/training/engines/engine';
import { randomStream, uniform } from '@glimpse/training/engines/random';
import { kernelsOf } from '@glimpse/training/engines/select';
import { initialWeights } from '@glimpse/training/fit/initialize';
import type { StepNumbers } from '@glimpse/training/fit/optimizers/optimizer';
import { optimizerOf } from '@glimpse/training/fit/optimizers/table';
import { type SettingsInput, settingsSchema } from '@glimpse/training/fit/settings';
import { StepFunctions } from '@glimpse/training/fit/step';
import { Trainer } from '@glimpse/training/fit/trainer';
import { stepNumbers, update } from '@glimpse/training/fit/update';
import { type Tensor as TfTensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { keras3 } from '../python.ts';
import { relativeDifference } from './differences.ts';
import {
  type KerasAnswers,
  type KerasLoss,
  type KerasOptimizer,
  kerasReference,
  type Tensor,
} from './keras-reference.ts';

/** Examples per batch. */
const COUNT = 8;

interface Case {
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerInput[];
  readonly settings?: SettingsInput;
  readonly loss?: KerasLoss;
}

const categorical: KerasLoss = { className: 'CategoricalCrossentropy' };
const binary: KerasLoss = { className: 'BinaryCrossentropy' };
const softmax = (units: number): LayerInput => ({ className: 'Dense', config: { units, activation: 'softmax' } });
const sigmoid: LayerInput = { className: 'Dense', config: { units: 1, activation: 'sigmoid' } };
const binarySettings: SettingsInput = { loss: 'binaryCrossentropy' };

const CLIPPED = "the tutorial's vector network";

/** Every kind of layer that training implements itself, and every loss. */
const cases: Record<string, Case> = {
  'a convolution with ReLU before a pooling': {
    inputShape: [9, 9, 3],
    layers: [
      { className: 'Conv2D', config: { filters: 4, kernelSize: 3, activation: 'relu' } },
      { className: 'MaxPooling2D' },
      { className: 'Conv2D', config: { filters: 5, kernelSize: 2, activation: 'relu' } },
      { className: 'Flatten' },
      softmax(3),
    ],
  },
  'strides, same padding, no bias, overlapping pools, sigmoid': {
    inputShape: [11, 10, 1],
    layers: [
      { className: 'Conv2D', config: { filters: 4, kernelSize: [3, 2], strides: 2, padding: 'same', useBias: false } },
      { className: 'Activation', config: { activation: 'sigmoid' } },
      { className: 'MaxPooling2D', config: { poolSize: 3, strides: 2, padding: 'same' } },
      { className: 'Flatten' },
      { className: 'Dense', config: { units: 6, activation: 'relu' } },
      softmax(4),
    ],
  },
  'batch normalization behind convolutions without bias': {
    inputShape: [8, 8, 3],
    layers: [
      { className: 'Conv2D', config: { filters: 6, kernelSize: 3, padding: 'same', useBias: false } },
      { className: 'BatchNormalization' },
      { className: 'Activation', config: { activation: 'relu' } },
      { className: 'MaxPooling2D' },
      { className: 'Conv2D', config: { filters: 5, kernelSize: 3, useBias: false } },
      { className: 'BatchNormalization', config: { scale: false, momentum: 0.9, epsilon: 1e-5 } },
      { className: 'GlobalAveragePooling2D' },
      softmax(4),
    ],
  },
  'depthwise and separable convolutions': {
    inputShape: [9, 8, 3],
    layers: [
      {
        className: 'ZeroPadding2D',
        config: {
          padding: [
            [1, 0],
            [0, 2],
          ],
        },
      },
      {
        className: 'DepthwiseConv2D',
        config: { kernelSize: 3, strides: 2, padding: 'same', depthMultiplier: 2, activation: 'relu' },
      },
      { className: 'SeparableConv2D', config: { filters: 7, kernelSize: [2, 3], activation: 'relu' } },
      { className: 'BatchNormalization', config: { center: false } },
      { className: 'GlobalMaxPooling2D' },
      softmax(3),
    ],
  },
  'a residual block': {
    inputShape: [6, 6, 4],
    layers: [
      { className: 'Conv2D', config: { name: 'a', filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' } },
      { className: 'Conv2D', config: { name: 'b', filters: 4, kernelSize: 3, padding: 'same' } },
      { className: 'Add', inputs: ['a', 'b'] },
      { className: 'Activation', config: { activation: 'relu' } },
      { className: 'Flatten' },
      softmax(5),
    ],
  },
  penalties: {
    inputShape: [7, 7, 2],
    layers: [
      {
        className: 'Conv2D',
        config: { filters: 3, kernelSize: 3, activation: 'relu', kernelRegularizer: regularizers.l1l2() },
      },
      {
        className: 'SeparableConv2D',
        config: { filters: 4, kernelSize: 3, pointwiseRegularizer: regularizers.l1(0.02) },
      },
      { className: 'Flatten' },
      { className: 'Dense', config: { units: 4, activation: 'softmax', kernelRegularizer: regularizers.l2() } },
    ],
  },
  "the tutorial's vector network with batch normalization": {
    inputShape: [20],
    layers: [
      { className: 'Dense', config: { units: 64, useBias: false } },
      { className: 'BatchNormalization' },
      { className: 'Activation', config: { activation: 'relu' } },
      { className: 'Dense', config: { units: 32, useBias: false } },
      { className: 'BatchNormalization' },
      { className: 'Activation', config: { activation: 'relu' } },
      sigmoid,
    ],
    settings: binarySettings,
    loss: binary,
  },
  ...Object.fromEntries(
    (['l1', 'l2'] as const).map((kind): [string, Case] => [
      `the tutorial's vector network with ${kind}`,
      {
        inputShape: [20],
        layers: [
          { className: 'Dense', config: { units: 64, activation: 'relu', kernelRegularizer: regularizers[kind]() } },
          { className: 'Dense', config: { units: 32, activation: 'relu', kernelRegularizer: regularizers[kind]() } },
          sigmoid,
        ],
        settings: binarySettings,
        loss: binary,
      },
    ]),
  ),
  'label smoothing': {
    inputShape: [5],
    layers: [softmax(4)],
    settings: { labelSmoothing: 0.1 },
    loss: { ...categorical, config: { label_smoothing: 0.1 } },
  },
  [CLIPPED]: {
    inputShape: [20],
    layers: [
      { className: 'Dense', config: { units: 64, activation: 'relu' } },
      { className: 'Dense', config: { units: 32, activation: 'relu' } },
      sigmoid,
    ],
    settings: binarySettings,
    loss: binary,
  },
  'mean squared error': {
    inputShape: [6],
    layers: [{ className: 'Dense', config: { units: 4, activation: 'sigmoid' } }],
    settings: { loss: 'meanSquaredError' },
    loss: { className: 'MeanSquaredError' },
  },
};

const optimizers: Record<string, { ours: SettingsInput['optimizer']; keras: KerasOptimizer }> = {
  SGD: { ours: 'sgd', keras: { className: 'SGD' } },
  'SGD with momentum': {
    ours: { name: 'sgd', momentum: 0.9 },
    keras: { className: 'SGD', config: { momentum: 0.9 } },
  },
  "SGD with Nesterov's momentum": {
    ours: { name: 'sgd', momentum: 0.9, nesterov: true },
    keras: { className: 'SGD', config: { momentum: 0.9, nesterov: true } },
  },
  RMSprop: { ours: 'rmsprop', keras: { className: 'RMSprop' } },
  'RMSprop with momentum': {
    ours: { name: 'rmsprop', momentum: 0.5, rho: 0.8 },
    keras: { className: 'RMSprop', config: { momentum: 0.5, rho: 0.8 } },
  },
  Adam: { ours: 'adam', keras: { className: 'Adam' } },
  AdamW: { ours: 'adamw', keras: { className: 'AdamW' } },
};

const clippings: Record<string, { ours: SettingsInput['clipping']; keras: object }> = {
  'each norm': { ours: { norm: 0.05 }, keras: { clipnorm: 0.05 } },
  'the norm of all': { ours: { globalNorm: 0.05 }, keras: { global_clipnorm: 0.05 } },
  'each value': { ours: { value: 0.003 }, keras: { clipvalue: 0.003 } },
};

/** Runs everything in one Keras process, because starting it takes longer than the rest. */
async function askKeras() {
  const named = Object.entries(cases);
  const steps = named.map(([name, subject]) => {
    const { architecture, weights, x, y } = setUp(name, subject);
    return { kind: 'step', architecture, weights, x, y, loss: subject.loss ?? categorical } as const;
  });
  const fits = named.map(([name, subject]) => {
    const { architecture, weights, x, y } = setUp(name, subject);
    const optimizer: KerasOptimizer = { className: 'Adam' };
    const loss = subject.loss ?? categorical;
    return { kind: 'fit', architecture, weights, batches: [{ x, y }], steps: 20, loss, optimizer } as const;
  });
  const [weights, gradients] = givenGradients();
  const optimized = Object.values(optimizers).map(
    ({ keras }) => ({ kind: 'optimize', weights, gradients, optimizer: keras }) as const,
  );
  const clipped = Object.values(clippings).map(({ keras }) => {
    const { architecture, weights, x, y } = setUp(CLIPPED, cases[CLIPPED]!);
    const optimizer: KerasOptimizer = { className: 'SGD', config: { learning_rate: 0.5, ...keras } };
    return { kind: 'fit', architecture, weights, batches: [{ x, y }], steps: 1, loss: binary, optimizer } as const;
  });
  const answers = await kerasReference([...steps, ...fits, ...optimized, ...clipped]);
  const next = answers[Symbol.iterator]();
  const take = <T>(names: object) =>
    new Map(Object.keys(names).map((name) => [name, next.next().value as unknown as T] as const));
  return {
    steps: take<KerasAnswers['step']>(cases),
    fits: take<KerasAnswers['fit']>(cases),
    optimized: take<KerasAnswers['optimize']>(optimizers),
    clipped: take<KerasAnswers['fit']>(clippings),
  };
}

export async function trainingBehavior(engine: Engine): Promise<void> {
  if (keras3.skip) {
    test('training compared with Keras', { skip: keras3.skip }, () => {});
    return;
  }
  const kernels = kernelsOf(engine);
  const keras = await askKeras();

  for (const [name, subject] of Object.entries(cases)) {
    test(`${name}: loss, gradients and moving statistics match Keras`, () => {
      const { architecture, settings, weights, x, classes } = setUp(name, subject);
      const wanted = keras.steps.get(name)!;
      const functions = new StepFunctions({ architecture, input: noInput, settings, kernels });
      let loss = Number.NaN;
      const gradients = new Map<string, Tensor>();
      const moved = new Map<string, Tensor>();
      tidy(() => {
        const got = functions.gradients(tensors(weights), {
          images: tensor(x.values, [...x.shape], 'float32'),
          classes: tensor(Int32Array.from(classes), [COUNT], 'int32'),
          weights: tensor(new Float32Array(COUNT).fill(1)),
          key: tensor([1, 0], [2], 'int32'),
        });
        loss = got.loss.dataSync()[0]!;
        for (const [name, gradient] of got.gradients) gradients.set(name, numbers(gradient));
        for (const [name, statistic] of got.moved) moved.set(name, numbers(statistic));
      });
      assert.ok(Math.abs(loss - wanted.loss) <= 1e-5 * wanted.loss, `${loss} ${wanted.loss}`);
      assertNear(gradients, wanted.gradients, 1e-5);
      assertNear(moved, wanted.moving, 1e-5);
    });

    test(`${name}: the losses of 20 Adam steps match Keras`, () => {
      const { architecture, settings, weights, x, classes } = setUp(name, subject, { optimizer: 'adam' });
      const trainer = new Trainer({ architecture, input: noInput, settings, kernels, weights });
      keras.fits.get(name)!.losses.forEach((wanted, step) => {
        const { meanLoss } = trainer.step({ pixels: x.values, classes }, step);
        assert.ok(Math.abs(meanLoss - wanted) <= 1e-3 * wanted, `step ${step}: ${meanLoss} ${wanted}`);
      });
      trainer.dispose();
    });
  }

  for (const [name, { ours }] of Object.entries(optimizers)) {
    test(`${name}: the weights after five steps with given gradients match Keras`, () => {
      const [weights, gradients] = givenGradients();
      const { optimizer } = settingsSchema.parse({ optimizer: ours });
      const state = {
        weights: new Map([...weights].map(([name, { values, shape }]) => [name, kernels.variable(values, shape)])),
        slots: new Map(
          [...weights].flatMap(([name, { values, shape }]) =>
            optimizerOf(optimizer)
              .slots(optimizer)
              .map((slot) => [`${slot}/${name}`, kernels.variable(new Float32Array(values.length), shape)] as const),
          ),
        ),
      };
      gradients.forEach((gradient, step) => {
        tidy(() => {
          const fed = Object.entries(stepNumbers(optimizer, step, 1)).map(([name, value]) => [name, scalar(value)]);
          update(state, tensors(gradient), Object.fromEntries(fed) as StepNumbers, optimizer, kernels);
        });
        const got = [...state.weights].map(
          ([name, held]) => [name, { shape: held.shape, values: held.values() }] as const,
        );
        assertNear(new Map(got), keras.optimized.get(name)!.weights[step]!, 1e-6);
      });
      for (const variable of [...state.weights.values(), ...state.slots.values()]) variable.dispose();
    });
  }

  for (const [name, { ours }] of Object.entries(clippings)) {
    test(`clipping ${name} matches Keras`, () => {
      const change: SettingsInput = { optimizer: { name: 'sgd', learningRate: 0.5 }, clipping: ours! };
      const { architecture, settings, weights, x, classes } = setUp(CLIPPED, cases[CLIPPED]!, change);
      const trainer = new Trainer({ architecture, input: noInput, settings, kernels, weights });
      trainer.step({ pixels: x.values, classes }, 0);
      assertNear(trainer.weights(), keras.clipped.get(name)!.weights, 1e-5);
      trainer.dispose();
    });
  }
}

/** @param tolerance relative to the largest value of each tensor */
function assertNear(got: Weights, wanted: Weights, tolerance: number): void {
  assert.deepEqual([...got.keys()].sort(), [...wanted.keys()].sort());
  for (const [name, tensor] of got) {
    const difference = relativeDifference(tensor, wanted.get(name)!);
    assert.ok(difference <= tolerance, `${name}: ${difference}`);
  }
}

/** Only bytes are normalized; floats are not. */
const noInput: InputContract = { height: 8, width: 8, channels: 1, fit: 'stretch', mean: [0], standardDeviation: [1] };

function setUp(name: string, { inputShape, layers, settings = {} }: Case, more: SettingsInput = {}) {
  const architecture = defineArchitecture('case', inputShape, layers);
  const units = elements(inferShapes(architecture).at(-1)!.outputShape);
  const random = randomStream(1, name);
  const classes = Uint8Array.from({ length: COUNT }, () => random() % Math.max(2, units));
  const y = { shape: [COUNT, units], values: new Float32Array(COUNT * units) };
  classes.forEach((index, row) => {
    if (units === 1) y.values[row] = index;
    else y.values[row * units + index] = 1;
  });
  return {
    architecture,
    settings: settingsSchema.parse({ ...settings, ...more }),
    weights: unevenWeights(architecture),
    x: noise([COUNT, ...inputShape], `${name}/x`),
    classes,
    y,
  };
}

/** Initial weights, but with different values for biases, gammas and moving statistics. */
function unevenWeights(architecture: Architecture): Weights {
  const weights = new Map(initialWeights(architecture, 1));
  for (const { layer, weights: specs } of inferShapes(architecture)) {
    for (const spec of specs) {
      const name = weightName(layer, spec);
      const { values, shape } = weights.get(name)!;
      if (new Set(values).size > 1) continue;
      const shift = noise(shape, name);
      weights.set(name, { shape, values: values.map((value, i) => value + 0.2 * shift.values[i]!) });
    }
  }
  return weights;
}

function givenGradients(): [Weights, Weights[]] {
  const shapes = { kernel: [4, 5], bias: [5] };
  const draw = (what: string, scale: number): Weights =>
    new Map(
      Object.entries(shapes).map(([name, shape]) => {
        const { values } = noise(shape, `${what}/${name}`);
        return [name, { shape, values: values.map((value) => value * scale) }];
      }),
    );
  return [draw('weights', 1), [1, 0.1, 3, 1e-4, 0.5].map((scale, step) => draw(`gradient ${step}`, scale))];
}

/** Uniform in [-1, 1). */
function noise(shape: readonly number[], name: string): Tensor {
  const random = randomStream(7, name);
  return { shape, values: Float32Array.from({ length: elements(shape) }, () => 2 * uniform(random) - 1) };
}

function tensors(weights: Weights): Map<string, TfTensor> {
  return new Map([...weights].map(([name, { values, shape }]) => [name, tensor(values, [...shape], 'float32')]));
}

function numbers(held: TfTensor): Tensor {
  return { shape: held.shape, values: (held.dataSync() as Float32Array).slice() };
}

function scalar(value: number): TfTensor {
  return tensor(value, [], 'float32');
}
