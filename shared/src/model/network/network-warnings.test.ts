import assert from 'node:assert/strict';
import test from 'node:test';
import { architectures } from '../architectures/registry.ts';
import type { LayerInput } from '../layers/table.ts';
import { defineArchitecture } from './architecture.ts';
import { networkWarnings } from './network-warnings.ts';

const normalization: LayerInput = { className: 'BatchNormalization' };
const dropout: LayerInput = { className: 'Dropout', config: { rate: 0.25 } };
const relu: LayerInput = { className: 'Activation', config: { activation: 'relu' } };
const dense = (config: object = {}): LayerInput => ({ className: 'Dense', config: { units: 4, ...config } });
const warningsOf = (...layers: LayerInput[]) =>
  networkWarnings(defineArchitecture('a', [4], layers)).map(({ layer, message }) => `${layer}: ${message}`);

test('warns of a bias right before batch normalization, with what to write instead', () => {
  const [warning, ...others] = warningsOf(dense(), normalization, relu);
  assert.match(
    warning!,
    /^dense: .*bias right before BatchNormalization "batch_normalization".*4 parameters.*useBias: false/,
  );
  assert.deepEqual(others, []);
});

test('warns of an activation right before batch normalization, in a layer or as a layer', () => {
  const within = warningsOf(dense({ activation: 'relu' }), normalization);
  assert.equal(within.length, 1);
  assert.match(within[0]!, /^dense: .*applies relu right before.*add an Activation with relu after/);
  const alone = warningsOf(dense({ useBias: false }), relu, normalization);
  assert.equal(alone.length, 1);
  assert.match(alone[0]!, /^activation: .*Move it after/);
});

test('warns of dropout after batch normalization, also across layers without weights, but not before it', () => {
  const clean = dense({ useBias: false });
  const [warning, ...others] = warningsOf(clean, normalization, relu, dropout, dense());
  assert.match(warning!, /^dropout: .*after BatchNormalization "batch_normalization".*variance shift/);
  assert.deepEqual(others, []);
  assert.deepEqual(warningsOf(clean, normalization, dense(), dropout), []);
  assert.deepEqual(warningsOf(dropout, clean, normalization, relu), []);
  const sum: LayerInput = { className: 'Add', inputs: ['activation', 'input'] };
  assert.equal(warningsOf(clean, normalization, relu, sum, dropout).length, 1);
});

test('the architectures of the project have no warnings', () => {
  for (const architecture of architectures.values()) assert.deepEqual(networkWarnings(architecture), []);
});
