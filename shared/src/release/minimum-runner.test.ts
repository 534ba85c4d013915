import assert from 'node:assert/strict';
import test from 'node:test';
import { architectures } from '../model/architectures/registry.ts';
import { defineArchitecture } from '../model/network/architecture.ts';
import { RUNNER_VERSION } from './manifest.ts';
import { minimumRunner } from './minimum-runner.ts';

test('a chain of the first layers runs on every runner, other layers need the current one', () => {
  assert.equal(minimumRunner(architectures.get('cifar10-tutorial')!), 1);
  assert.equal(minimumRunner(architectures.get('cifar10-bn')!), RUNNER_VERSION);
});

test('a graph needs the current runner, regardless of its layers', () => {
  const graph = defineArchitecture(
    'graph',
    [4],
    [
      { className: 'Activation', config: { name: 'a', activation: 'relu' } },
      { className: 'Activation', config: { activation: 'sigmoid' }, inputs: ['input'] },
      { className: 'Add', inputs: ['a', 'activation'] },
      { className: 'Dense', config: { units: 2, activation: 'softmax' } },
    ],
  );
  assert.equal(minimumRunner(graph), RUNNER_VERSION);
});
