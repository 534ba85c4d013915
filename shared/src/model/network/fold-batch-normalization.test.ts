import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { testWeights } from '@glimpse/test/support/weights';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { kindOf, type LayerInput } from '../layers/table.ts';
import { useWasmBackend } from '../runtime/node-wasm-backend.ts';
import { type Architecture, defineArchitecture, elements, inferShapes, weightName } from './architecture.ts';
import { foldBatchNormalization, normalizeByConvolution } from './fold-batch-normalization.ts';
import type { Plan } from './fuse.ts';
import type { Weights } from './model-file.ts';
import { INPUT } from './wiring.ts';

before(useWasmBackend);

function planOf(architecture: Architecture, weights: Weights): Plan {
  const steps = inferShapes(architecture).map(({ layer, inputs, weights: specs }) => ({
    layer,
    inputs,
    weights: specs.map((spec) => weights.get(weightName(layer, spec))!),
  }));
  return { steps, output: architecture.layers.at(-1)!.config.name };
}

/** Executes the steps without rewriting them. */
function run({ steps, output }: Plan, x: Tensor): Float32Array {
  const outputs = new Map([[INPUT, x]]);
  for (const { layer, inputs, weights } of steps) {
    const tensors = weights.map(({ values, shape }) => tensor(values, [...shape]));
    const taken = inputs.map((name) => outputs.get(name)!);
    outputs.set(layer.config.name, kindOf(layer).apply(layer.config, taken, tensors));
  }
  return outputs.get(output)!.dataSync() as Float32Array;
}

const classes = ({ steps }: Plan) => steps.map(({ layer }) => layer.className);

function assertClose(actual: Float32Array, expected: Float32Array): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) assert.ok(Math.abs(value - expected[i]!) <= 1e-5 * largest, `at ${i}`);
}

const image = (shape: readonly number[]) =>
  tensor(
    Float32Array.from({ length: 2 * elements(shape) }, (_, i) => Math.sin(i * 1.7)),
    [2, ...shape],
  );

test('normalization after any layer with kernels is folded, with the same results', () => {
  const option = fc.record({
    useBias: fc.boolean(),
    center: fc.boolean(),
    scale: fc.boolean(),
    epsilon: fc.double({ min: 1e-5, max: 1, noNaN: true }),
    seed: fc.integer({ min: 0, max: 1000 }),
    depthMultiplier: fc.integer({ min: 1, max: 3 }),
    className: fc.constantFrom('Conv2D', 'Dense', 'DepthwiseConv2D', 'SeparableConv2D'),
  });
  fc.assert(
    fc.property(option, ({ className, useBias, depthMultiplier, seed, ...normalization }) => {
      const kernels: Record<string, LayerInput> = {
        Conv2D: { className: 'Conv2D', config: { filters: 5, kernelSize: [3, 2], useBias } },
        Dense: { className: 'Dense', config: { units: 5, useBias } },
        DepthwiseConv2D: { className: 'DepthwiseConv2D', config: { kernelSize: 3, depthMultiplier, useBias } },
        SeparableConv2D: {
          className: 'SeparableConv2D',
          config: { filters: 5, kernelSize: 3, depthMultiplier, useBias },
        },
      };
      const shape = className === 'Dense' ? [7] : [6, 5, 3];
      const layers = [kernels[className]!, { className: 'BatchNormalization' as const, config: normalization }];
      const architecture = defineArchitecture('a', shape, layers);
      const plan = planOf(architecture, testWeights(architecture, seed));
      const folded = foldBatchNormalization(plan);
      assert.deepEqual(classes(folded), [className]);
      const x = image(shape);
      assertClose(run(folded, x), run(plan, x));
    }),
  );
});

test('normalization stays if another layer reads its input, or if it follows an activation', () => {
  const readers = defineArchitecture(
    'a',
    [4],
    [
      { className: 'Dense', config: { units: 4 } },
      { className: 'BatchNormalization' },
      { className: 'Add', inputs: ['dense', 'batch_normalization'] },
    ],
  );
  const readTwice = planOf(readers, testWeights(readers));
  assert.deepEqual(foldBatchNormalization(readTwice), readTwice);
  const activated = defineArchitecture(
    'a',
    [4],
    [{ className: 'Dense', config: { units: 4, activation: 'relu' } }, { className: 'BatchNormalization' }],
  );
  const plan = planOf(activated, testWeights(activated));
  assert.deepEqual(foldBatchNormalization(plan), plan);
});

test('a second normalization in a row is folded only if the first has no other reader', () => {
  const chain: LayerInput[] = [
    { className: 'Dense', config: { units: 4 } },
    { className: 'BatchNormalization', config: { name: 'first' } },
    { className: 'BatchNormalization', config: { name: 'second' } },
  ];
  const alone = defineArchitecture('a', [4], chain);
  const shared = defineArchitecture('a', [4], [...chain, { className: 'Add', inputs: ['first', 'second'] }]);
  for (const [architecture, left] of [
    [alone, ['Dense']],
    [shared, ['Dense', 'BatchNormalization', 'Add']],
  ] as const) {
    const plan = planOf(architecture, testWeights(architecture));
    const folded = foldBatchNormalization(plan);
    assert.deepEqual(classes(folded), left);
    assertClose(run(folded, image([4])), run(plan, image([4])));
  }
});

test('the remaining normalizations of images become depthwise convolutions with the same results; those of vectors stay', () => {
  for (const [shape, className] of [
    [[6, 5, 3], 'DepthwiseConv2D'],
    [[7], 'BatchNormalization'],
  ] as const) {
    const architecture = defineArchitecture('a', shape, [{ className: 'BatchNormalization' }]);
    const plan = planOf(architecture, testWeights(architecture));
    const rewritten = normalizeByConvolution(plan, () => shape.length);
    assert.deepEqual(classes(rewritten), [className]);
    assertClose(run(rewritten, image(shape)), run(plan, image(shape)));
  }
});
