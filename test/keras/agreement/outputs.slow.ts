/** At inference, every kind of layer gives the outputs of real Keras, for fixed weights and a fixed batch. */
import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { cifar10Small } from '@glimpse/shared/model/architectures/cifar10-small';
import { cifar10Tutorial } from '@glimpse/shared/model/architectures/cifar10-tutorial';
import { type Architecture, defineArchitecture, elements } from '@glimpse/shared/model/network/architecture';
import { Network } from '@glimpse/shared/model/network/network';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { layerCases } from '../../support/layers/layer-cases.ts';
import { testWeights } from '../../support/weights.ts';
import { keras3 } from '../python.ts';
import { relativeDifference } from './differences.ts';
import { kerasReference, type Tensor } from './keras-reference.ts';

const BATCH = 3;
const TOLERANCE = 1e-5;

const cases: readonly Architecture[] = [
  ...layerCases.map(({ inputShape, layers }, index) => defineArchitecture(`case-${index}`, inputShape, layers)),
  cifar10Small,
  cifar10Tutorial,
];

let wanted: readonly Tensor[];

before(async () => {
  if (keras3.skip) return;
  await useWasmBackend();
  const answers = await kerasReference(
    cases.map((architecture) => ({
      kind: 'predict' as const,
      architecture,
      weights: testWeights(architecture),
      x: batchOf(architecture),
    })),
  );
  wanted = answers.map(({ outputs }) => outputs);
});

for (const [index, architecture] of cases.entries()) {
  test(`${describe(architecture)} matches Keras`, { skip: keras3.skip }, () => {
    const network = new Network(architecture, testWeights(architecture));
    const values = network.predict(batchOf(architecture).values);
    network.dispose();
    const difference = relativeDifference({ shape: wanted[index]!.shape, values }, wanted[index]!);
    assert.ok(difference <= TOLERANCE, `they differ by ${difference} of the largest value`);
  });
}

/** Different values between -1 and 1. */
function batchOf({ inputShape }: Architecture): Tensor {
  const values = Float32Array.from({ length: BATCH * elements(inputShape) }, (_, i) => Math.sin(i * 78.233 + 1));
  return { shape: [BATCH, ...inputShape], values };
}

function describe({ name, layers }: Architecture): string {
  if (layers.length > 3) return name;
  return layers
    .map(({ className, config: { name: _, ...options } }) => `${className} ${JSON.stringify(options)}`)
    .join(' → ');
}
