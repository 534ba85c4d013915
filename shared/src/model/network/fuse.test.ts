import assert from 'node:assert/strict';
import test from 'node:test';
import type { LayerInput } from '../layers/table.ts';
import { defineArchitecture } from './architecture.ts';
import { dropIdentities, fuseActivations } from './fuse.ts';
import type { Shape } from './layer.ts';
import { wire } from './wiring.ts';

/** The class, activation (if any) and inputs of each remaining step. */
function fused(inputShape: Shape, layers: readonly LayerInput[]) {
  const steps = wire(defineArchitecture('a', inputShape, layers).layers).map((layer) => ({ ...layer, weights: [] }));
  const plan = fuseActivations(dropIdentities({ steps, output: steps.at(-1)!.layer.config.name }));
  return {
    output: plan.output,
    steps: plan.steps.map(({ layer: { className, config }, inputs }) => [
      className,
      'activation' in config ? config.activation : null,
      ...inputs,
    ]),
  };
}

const relu: LayerInput = { className: 'Activation', config: { activation: 'relu' } };

test('dropout is removed, and activations are fused into linear layers, even across a dropout', () => {
  const layers: LayerInput[] = [
    { className: 'Conv2D', config: { filters: 2, kernelSize: 3 } },
    relu,
    { className: 'DepthwiseConv2D', config: { kernelSize: 3 } },
    relu,
    { className: 'SeparableConv2D', config: { filters: 2, kernelSize: 3 } },
    { className: 'Activation', config: { activation: 'linear' } },
    relu,
    { className: 'Flatten' },
    { className: 'Dense', config: { units: 2 } },
    { className: 'Dropout', config: { rate: 0.5 } },
    { className: 'Activation', config: { activation: 'softmax' } },
  ];
  assert.deepEqual(fused([8, 8, 3], layers), {
    output: 'dense',
    steps: [
      ['Conv2D', 'relu', 'input'],
      ['DepthwiseConv2D', 'relu', 'conv2d'],
      ['SeparableConv2D', 'relu', 'depthwise_conv2d'],
      ['Flatten', null, 'separable_conv2d'],
      ['Dense', 'softmax', 'flatten'],
    ],
  });
});

test('an activation after a layer that has one stays a layer', () => {
  const layers: LayerInput[] = [
    { className: 'Dense', config: { units: 2, activation: 'relu' } },
    { className: 'Activation', config: { activation: 'softmax' } },
  ];
  assert.equal(fused([4], layers).steps.length, 2);
});

test('an activation stays if another layer reads its input', () => {
  const layers: LayerInput[] = [
    { className: 'Dense', config: { units: 4 } },
    { className: 'Dropout', config: { rate: 0.5 } },
    relu,
    { className: 'Add', inputs: ['activation', 'dense'] },
  ];
  assert.deepEqual(fused([4], layers).steps, [
    ['Dense', 'linear', 'input'],
    ['Activation', 'relu', 'dense'],
    ['Add', null, 'activation', 'dense'],
  ]);
});

test('a network that does nothing at inference returns its input', () => {
  assert.deepEqual(fused([4], [{ className: 'Dropout', config: { rate: 0.5 } }]), { output: 'input', steps: [] });
});
