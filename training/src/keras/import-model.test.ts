import assert from 'node:assert/strict';
import test from 'node:test';
import { defineArchitecture, inferShapes } from '@glimpse/shared/model/network/architecture';
import { testInput } from '@glimpse/test/support/release';
import { testWeights } from '@glimpse/test/support/weights';
import { settingsSchema } from '../fit/settings.ts';
import { exportModel } from './export-model.ts';
import { importModel } from './import-model.ts';
import { inputOfPixels } from './input-of-pixels.ts';
import type { KerasFile, KerasWeight } from './keras-file.ts';

const architecture = defineArchitecture(
  'net',
  [8, 8, 3],
  [
    { className: 'Conv2D', config: { filters: 4, kernelSize: 3 } },
    { className: 'Flatten' },
    { className: 'Dense', config: { units: 3, activation: 'softmax' } },
  ],
);
const settings = settingsSchema.parse({});
const weights = testWeights(architecture);
const file = exportModel({ architecture, weights, settings, labels: ['a', 'b', 'c'], input: testInput });

interface LayerJson {
  class_name: string;
  name?: string;
  config: Record<string, unknown>;
  inbound_nodes?: unknown;
}

/** The same model with its list of layers changed. */
function withLayers(
  change: (layers: LayerJson[]) => LayerJson[],
  weightsChange: KerasFile['weights'] = file.weights,
): KerasFile {
  const model = structuredClone(file.modelConfig) as { config: { layers: LayerJson[] } };
  model.config.layers = change(model.config.layers);
  return { ...file, modelConfig: model, weights: weightsChange };
}

const layer = (class_name: string, config: object = {}): LayerJson => ({
  class_name,
  config: { name: class_name.toLowerCase(), ...config },
});

test('augmentation layers are dropped at any position', () => {
  const { architecture: read, dropped } = importModel(
    withLayers(([input, ...rest]) => [
      input!,
      layer('RandomFlip'),
      ...rest.slice(0, 1),
      layer('GaussianNoise'),
      ...rest.slice(1),
    ]),
    'net',
  );
  assert.deepEqual(read, architecture);
  assert.deepEqual(dropped, [
    { name: 'randomflip', className: 'RandomFlip' },
    { name: 'gaussiannoise', className: 'GaussianNoise' },
  ]);
});

test('augmentation and rescaling are removed from a Functional model, and the layers around them reconnected', () => {
  const functional = (json: LayerJson, ...from: string[]): LayerJson => ({
    ...json,
    name: String(json.config.name),
    inbound_nodes: from.length === 0 ? [] : [from.map((name) => [name, 0, 0, {}])],
  });
  const [input, conv, flatten, dense] = (file.modelConfig as { config: { layers: LayerJson[] } }).config.layers;
  const modelConfig = {
    class_name: 'Functional',
    config: {
      name: 'net',
      layers: [
        functional(input!),
        functional(layer('RandomFlip'), 'input'),
        functional(layer('Rescaling', { scale: 1 / 255, offset: 0 }), 'randomflip'),
        functional(layer('RandomZoom'), 'rescaling'),
        functional(conv!, 'randomzoom'),
        functional(flatten!, 'conv2d'),
        functional(layer('AlphaDropout'), 'flatten'),
        functional(dense!, 'alphadropout'),
      ],
      input_layers: [['input', 0, 0]],
      output_layers: [['dense', 0, 0]],
    },
  };
  const read = importModel({ ...file, modelConfig }, 'net');
  assert.deepEqual(
    inferShapes(read.architecture).map(({ layer: { config }, inputs }) => [config.name, inputs]),
    [
      ['conv2d', ['input']],
      ['flatten', ['conv2d']],
      ['dense', ['flatten']],
    ],
  );
  assert.deepEqual(read.rescaling, { scale: [1 / 255], offset: [0] });
});

test('rescaling layers at the start become part of the input contract', () => {
  const contract = (...rescalings: object[]) => {
    const front = rescalings.map((config, i) => layer('Rescaling', { name: `r${i}`, ...config }));
    const { rescaling } = importModel(
      withLayers(([input, ...rest]) => [input!, ...front, ...rest]),
      'net',
    );
    const { mean, standardDeviation } = inputOfPixels([8, 8, 3], rescaling, {});
    return [mean, standardDeviation].map((values) => values.map((value) => Number(value.toFixed(9))));
  };
  const each = (value: number) => [value, value, value];
  assert.deepEqual(contract(), [each(0), each(1)]);
  assert.deepEqual(contract({ scale: 1 / 255 }), [each(0), each(1)]);
  assert.deepEqual(contract({ scale: 1 / 127.5, offset: -1 }), [each(0.5), each(0.5)]);
  // Applies to pixels already divided by 255.
  assert.deepEqual(contract({ scale: 2, offset: -1 }), [each(0.5), each(0.5)]);
  assert.deepEqual(contract({ scale: 1 / 255 }, { scale: 2, offset: -1 }), [each(0.5), each(0.5)]);
  assert.deepEqual(contract({ scale: [1 / 255, 1 / 127.5, 1 / 255], offset: 0 }), [each(0), [1, 0.5, 1]]);
  assert.throws(() => contract({ scale: -1 }), { code: 'keras-model-unsupported' });
  assert.throws(() => inputOfPixels([8, 8, 3], { scale: [1], offset: [0] }, { mean: [0.5] }), /Omit --mean and --std/);
  assert.throws(() => inputOfPixels([8, 8, 4], undefined, {}), /\[8,8,4\] is not a supported image/);
});

test('every layer that is not supported is named', () => {
  assert.throws(
    () =>
      importModel(
        withLayers((layers) => [...layers, layer('LeakyReLU'), layer('Lambda')]),
        'net',
      ),
    {
      code: 'keras-model-unsupported',
      message:
        /These layers are not supported: "leakyrelu" \(LeakyReLU\), "lambda" \(Lambda\)\. Supported: Activation, /,
    },
  );
});

test('a model that does not end in a softmax is rejected', () => {
  assert.throws(
    () =>
      importModel(
        withLayers((layers) => layers.slice(0, -1)),
        'net',
      ),
    {
      code: 'keras-model-unsupported',
      message: /ends in "flatten" \(Flatten\), but must end in a softmax/,
    },
  );
});

const unmatched: [string, (name: string, stored: readonly KerasWeight[]) => readonly KerasWeight[], RegExp][] = [
  [
    'missing',
    (_, stored) => stored.slice(0, 1),
    /weight "bias" of layer "conv2d" is not in the file.*contains "kernel"/,
  ],
  [
    'under another name',
    (_, stored) => stored.map((weight) => ({ ...weight, name: `${weight.name}_1` })),
    /weight "kernel" of layer "conv2d" is not in the file.*contains "kernel_1", "bias_1"/,
  ],
  [
    'of another shape',
    (_, stored) => stored.map((weight) => ({ ...weight, shape: [1, ...weight.shape] })),
    /weight "kernel" of layer "conv2d" is \[1,3,3,3,4\] in the file, but the layer expects \[3,3,3,4\]/,
  ],
  [
    'unexpected',
    (_, stored) => [...stored, { name: 'extra', shape: [1], values: Float32Array.of(1) }],
    /weight "extra" of layer "conv2d", which the model does not have/,
  ],
];
for (const [what, change, message] of unmatched) {
  test(`a weight that is ${what} fails with the names of the weight and the layer`, () => {
    const changed = new Map([...file.weights].map(([name, stored]) => [name, change(name, stored)]));
    assert.throws(() => importModel({ ...file, weights: changed }, 'net'), { code: 'keras-weight-unmatched', message });
  });
}

test('weights of a layer that the model does not have are rejected', () => {
  const more = new Map([...file.weights, ['other', [{ name: 'kernel', shape: [1], values: Float32Array.of(1) }]]]);
  assert.throws(() => importModel({ ...file, weights: more }, 'net'), /weight "kernel" of layer "other"/);
});

test('deeply nested and cyclic connections are rejected', () => {
  let nested: unknown = ['conv2d', 0, 0, {}];
  for (let depth = 0; depth < 5000; depth++) nested = [nested];
  const model = (inbound_nodes: unknown) => ({
    ...file,
    modelConfig: {
      class_name: 'Functional',
      config: { layers: [{ ...layer('RandomFlip'), inbound_nodes }], output_layers: [['randomflip', 0, 0]] },
    },
  });
  assert.throws(() => importModel(model(nested), 'net'), { code: 'keras-file-invalid', message: /nested too deeply/ });
  assert.throws(() => importModel(model([[['randomflip', 0, 0, {}]]]), 'net'), { code: 'keras-model-unsupported' });
});
