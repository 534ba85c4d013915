import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { LayerInput } from '../layers/table.ts';
import { defineArchitecture } from './architecture.ts';
import { INPUT, wire } from './wiring.ts';

const dense = (name: string, ...inputs: string[]): LayerInput => ({
  className: 'Dense',
  config: { name, units: 4 },
  ...(inputs.length > 0 ? { inputs } : {}),
});
const add = (name: string, ...inputs: string[]): LayerInput => ({ className: 'Add', config: { name }, inputs });
const network = (...layers: LayerInput[]) => defineArchitecture('a', [4], layers);

test('the default input is the layer before, and for the first layer the network input', () => {
  const { layers } = network(dense('a'), dense('b'), add('c', 'b', 'a', INPUT), dense('d'));
  assert.deepEqual(
    wire(layers).map(({ inputs }) => inputs),
    [[INPUT], ['a'], ['b', 'a', INPUT], ['c']],
  );
});

test('naming the layer before equals the default', () => {
  assert.deepEqual(network(dense('a', INPUT), dense('b', 'a')), network(dense('a'), dense('b')));
});

for (const [what, layers, message] of [
  ['an unknown name', [dense('a', 'z')], /"a" has the input "z", but there is no such layer/],
  ['a later layer', [dense('a', 'b'), dense('b')], /"a" has the input "b", which comes later/],
  ['its own output', [dense('a', 'a')], /"a" has the input "a", which comes later/],
  ['a sum of one', [dense('a'), add('b', 'a')], /"b" \(Add\) needs at least two inputs/],
  ['a sum without inputs', [dense('a'), { className: 'Add' }], /"add" \(Add\) needs at least two inputs.*"inputs"/],
  [
    'two inputs for a dense layer',
    [dense('a'), dense('b', 'a', INPUT)],
    /"b" \(Dense\) needs exactly one input, not 2/,
  ],
  ['an unused output', [dense('a'), dense('b', INPUT), dense('c')], /The output of layer "a" is unused/],
  ['a layer with the name of the input', [dense(INPUT)], /A layer cannot be named "input"/],
  ['two layers with the same name', [dense('a'), dense('a')], /Two layers are named "a"/],
] as [string, LayerInput[], RegExp][]) {
  test(`${what} is refused`, () => {
    assert.throws(() => network(...layers), { code: 'network-invalid', message });
  });
}

test('tensors of different shapes are not added', () => {
  const wide: LayerInput = { className: 'Dense', config: { name: 'wide', units: 5 } };
  assert.throws(() => network(wide, add('sum', 'wide', INPUT)), {
    message: /sum needs inputs of the same shape, not \[5\] and \[4\]/,
  });
});

test('any names as inputs refer to earlier layers or are refused', () => {
  const name = fc.constantFrom(INPUT, 'l0', 'l1', 'l2', 'l3', 'nobody');
  fc.assert(
    fc.property(fc.array(fc.array(name, { maxLength: 3 }), { minLength: 1, maxLength: 4 }), (all) => {
      const layers = all.map((inputs, i) => (inputs.length > 1 ? add(`l${i}`, ...inputs) : dense(`l${i}`, ...inputs)));
      try {
        for (const { layer, inputs } of wire(network(...layers).layers)) {
          const at = Number(layer.config.name.slice(1));
          for (const input of inputs) assert.ok(input === INPUT || Number(input.slice(1)) < at);
        }
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'network-invalid', String(error));
      }
    }),
  );
});
