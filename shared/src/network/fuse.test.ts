import assert from 'node:assert/strict';
import test from 'node:test';
import { defineArchitecture } from './architecture.ts';
import { fuse } from './fuse.ts';

test('dropout goes, and a linear layer takes over the activation behind it, even across a dropout', () => {
  const { layers } = defineArchitecture(
    'a',
    [8, 8, 3],
    [
      { className: 'Conv2D', config: { filters: 2, kernelSize: 3 } },
      { className: 'Activation', config: { activation: 'relu' } },
      { className: 'Flatten' },
      { className: 'Dense', config: { units: 2 } },
      { className: 'Dropout', config: { rate: 0.5 } },
      { className: 'Activation', config: { activation: 'softmax' } },
    ],
  );
  const fused = fuse(layers).map(({ className, config }) => [
    className,
    'activation' in config ? config.activation : null,
  ]);
  assert.deepEqual(fused, [
    ['Conv2D', 'relu'],
    ['Flatten', null],
    ['Dense', 'softmax'],
  ]);
});

test('an activation behind a layer that has one stays a layer', () => {
  const { layers } = defineArchitecture(
    'a',
    [4],
    [
      { className: 'Dense', config: { units: 2, activation: 'relu' } },
      { className: 'Activation', config: { activation: 'softmax' } },
    ],
  );
  assert.equal(fuse(layers).length, 2);
});
