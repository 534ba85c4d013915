import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { architectures } from '../architectures/registry.ts';
import { defineArchitecture } from './architecture.ts';
import { readTopology, writeTopology } from './topology.ts';
import { regularizers } from './weight-spec.ts';

/** The model that residual.py creates in Keras, with an input named `images`. */
const residualWith = (normalization: { axis?: number; renorm?: false }) =>
  defineArchitecture(
    'residual',
    [9, 7, 2],
    [
      {
        className: 'ZeroPadding2D',
        config: {
          name: 'pad',
          padding: [
            [1, 0],
            [2, 1],
          ],
        },
      },
      {
        className: 'Conv2D',
        config: {
          name: 'a',
          filters: 3,
          kernelSize: 3,
          padding: 'same',
          useBias: false,
          kernelRegularizer: regularizers.l2(0.25),
        },
      },
      { className: 'BatchNormalization', config: { name: 'b', ...normalization } },
      {
        className: 'DepthwiseConv2D',
        config: { name: 'c', kernelSize: 3, padding: 'same', depthwiseRegularizer: regularizers.l1(0.5) },
      },
      {
        className: 'SeparableConv2D',
        inputs: ['b'],
        config: {
          name: 'd',
          filters: 3,
          kernelSize: 3,
          padding: 'same',
          pointwiseRegularizer: regularizers.l1l2({ l1: 0.5, l2: 0.25 }),
        },
      },
      { className: 'Add', inputs: ['b', 'c', 'd'], config: { name: 'e' } },
      { className: 'Activation', config: { name: 'f', activation: 'relu' } },
      { className: 'GlobalAveragePooling2D', config: { name: 'g' } },
      { className: 'Dropout', config: { name: 'h', rate: 0.25 } },
      { className: 'Dense', config: { name: 'o', units: 4, activation: 'softmax' } },
    ],
  );

const residual = residualWith({});

for (const [version, normalization] of [
  [2, { axis: 3 }],
  [3, { renorm: false }],
] as const) {
  test(`reads a Functional model of Keras ${version}, including regularizers`, () => {
    const path = new URL(`../../../../test/support/keras-models/residual-keras${version}.json`, import.meta.url);
    const read = readTopology(JSON.parse(readFileSync(path, 'utf8')));
    // The strengths are exact in float32, which Keras 2 uses.
    assert.deepEqual(read, residualWith(normalization));
  });
}

test("writes the starter release's topology byte for byte, since its version is a hash of it", () => {
  const models = new URL('../../../../starter/models/cifar10/', import.meta.url);
  const [release] = readdirSync(models, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const text = readFileSync(new URL(`${release!.name}/model.json`, models), 'utf8');
  const written = JSON.stringify(writeTopology(architectures.get('cifar10-tutorial')!));
  assert.ok(text.includes(`"modelTopology":${written},"weightsManifest"`));
});

test('writes a plain chain as Sequential, anything else as Functional', () => {
  assert.equal(writeTopology(architectures.get('cifar10-bn')!).class_name, 'Sequential');
  assert.equal(writeTopology(residual).class_name, 'Functional');
});

for (const architecture of [...architectures.values(), residual]) {
  test(`${architecture.name} survives a round trip`, () => {
    assert.deepEqual(readTopology(JSON.parse(JSON.stringify(writeTopology(architecture)))), architecture);
  });
}

const dense = {
  class_name: 'Dense',
  config: { name: 'd', units: 2, trainable: true, kernel_initializer: { class_name: 'X' } },
};

test("reads the converter's form: wrapped, with an InputLayer and options that do not matter at inference", () => {
  const layers = [{ class_name: 'InputLayer', config: { name: 'input', batch_shape: [null, 3] } }, dense];
  const { inputShape, layers: read } = readTopology({
    model_config: { class_name: 'Sequential', config: { name: 'm', layers } },
  });
  assert.deepEqual(inputShape, [3]);
  assert.deepEqual(read, [
    { className: 'Dense', config: { name: 'd', units: 2, activation: 'linear', useBias: true } },
  ]);
});

test('a model that is neither Sequential nor Functional is refused', () => {
  assert.throws(() => readTopology({ class_name: 'Subclassed', config: { layers: [dense] } }), {
    code: 'network-unsupported',
    message: /The model is a Subclassed/,
  });
});

test('a model without an input shape is refused', () => {
  assert.throws(() => readTopology({ class_name: 'Sequential', config: { layers: [dense] } }), {
    message: /input shape/,
  });
});

test('an option that the runner does not support is refused, not ignored', () => {
  const config = { name: 'c', filters: 4, kernel_size: 3, groups: 2, batch_input_shape: [null, 8, 8, 4] };
  assert.throws(
    () => readTopology({ class_name: 'Sequential', config: { layers: [{ class_name: 'Conv2D', config }] } }),
    {
      message: /"c" \(Conv2D\).*groups/s,
    },
  );
});

const convolution = { name: 'c', filters: 4, kernel_size: 3, batch_input_shape: [null, 8, 8, 4] };
for (const [option, message] of [
  [{ data_format: 'channels_first' }, /"c" \(Conv2D\).*data_?[fF]ormat/s],
  [{ dilation_rate: [2, 2] }, /"c" \(Conv2D\).*dilation/s],
  [{ activation: 'gelu' }, /"c" \(Conv2D\).*activation/s],
  [{ kernel_regularizer: { class_name: 'OrthogonalRegularizer', config: {} } }, /"c" \(Conv2D\).*kernelRegularizer/s],
  [{ bias_regularizer: { class_name: 'L2', config: { l2: 1 } } }, /"c" \(Conv2D\) has a biasRegularizer/],
  [{ kernel_constraint: { class_name: 'MaxNorm', config: {} } }, /"c" \(Conv2D\) has a kernelConstraint/],
] as const) {
  test(`a convolution with ${JSON.stringify(option)} is refused, with the names of the layer and the option`, () => {
    const layers = [{ class_name: 'Conv2D', config: { ...convolution, ...option } }];
    assert.throws(() => readTopology({ class_name: 'Sequential', config: { layers } }), {
      code: /network-(unsupported|invalid)/,
      message,
    });
  });
}

test('options of Keras that do not change the result are ignored', () => {
  const config = {
    ...convolution,
    trainable: false,
    dtype: { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' } },
    kernel_initializer: { class_name: 'HeNormal', config: { seed: null } },
    kernel_regularizer: null,
    bias_regularizer: null,
    kernel_constraint: null,
  };
  const plain = { class_name: 'Sequential', config: { layers: [{ class_name: 'Conv2D', config: convolution }] } };
  const keras = { class_name: 'Sequential', config: { layers: [{ class_name: 'Conv2D', config }] } };
  assert.deepEqual(readTopology(keras), readTopology(plain));
});

const functional = (change: (config: ReturnType<typeof functionalJson>) => void) => {
  const config = functionalJson();
  change(config);
  return () => readTopology({ class_name: 'Model', config });
};
const functionalJson = () => ({
  name: 'm',
  layers: [
    { class_name: 'InputLayer', config: { name: 'x', batch_input_shape: [null, 2] }, inbound_nodes: [] as unknown[] },
    { class_name: 'Dense', config: { name: 'a', units: 2 }, inbound_nodes: [[['x', 0, 0, {}]]] as unknown[] },
    {
      class_name: 'Add',
      config: { name: 'b' },
      inbound_nodes: [
        [
          ['a', 0, 0, {}],
          ['x', 0, 0, {}],
        ],
      ] as unknown[],
    },
  ],
  input_layers: [['x', 0, 0]],
  output_layers: [['b', 0, 0]] as unknown,
});

test('reads a Functional model with any name for the input, and its output with or without a list', () => {
  assert.deepEqual(functional(() => {})().layers[1]!.inputs, ['a', 'input']);
  assert.deepEqual(functional((config) => (config.output_layers = ['b', 0, 0]))(), functional(() => {})());
});

for (const [what, change, message] of [
  [
    'two outputs',
    (c) =>
      (c.output_layers = [
        ['a', 0, 0],
        ['b', 0, 0],
      ]),
    /1 inputs and 2 outputs/,
  ],
  [
    'two inputs',
    (c) => c.layers.unshift({ ...c.layers[0]!, config: { name: 'y', batch_input_shape: [null, 2] } } as never),
    /2 inputs/,
  ],
  [
    'an output that is not the last layer',
    (c) => (c.output_layers = [['a', 0, 0]]),
    /output is "a", but its last layer is "b"/,
  ],
  ['a layer that is used twice', (c) => c.layers[1]!.inbound_nodes.push([['b', 0, 0, {}]]), /"a".*used more than once/],
  ['a layer without connections', (c) => (c.layers[1]!.inbound_nodes = []), /"a" has no inputs/],
  ['a cycle', (c) => (c.layers[1]!.inbound_nodes = [[['b', 0, 0, {}]]]), /"a" has the input "b", which comes later/],
] as [string, (config: ReturnType<typeof functionalJson>) => void, RegExp][]) {
  test(`a Functional model with ${what} is refused`, () => {
    assert.throws(functional(change), { name: 'NetworkError', message });
  });
}
