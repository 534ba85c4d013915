import assert from 'node:assert/strict';
import test from 'node:test';
import { architectures } from '../architectures/registry.ts';
import { readTopology, writeTopology } from './topology.ts';

for (const architecture of architectures.values()) {
  test(`${architecture.name} is the same after it was written and read`, () => {
    assert.deepEqual(readTopology(JSON.parse(JSON.stringify(writeTopology(architecture)))), architecture);
  });
}

const dense = {
  class_name: 'Dense',
  config: { name: 'd', units: 2, trainable: true, kernel_initializer: { class_name: 'X' } },
};

test("the converter's form is read: wrapped, with an InputLayer and options that do not matter at inference", () => {
  const layers = [{ class_name: 'InputLayer', config: { name: 'input', batch_shape: [null, 3] } }, dense];
  const { inputShape, layers: read } = readTopology({
    model_config: { class_name: 'Sequential', config: { name: 'm', layers } },
  });
  assert.deepEqual(inputShape, [3]);
  assert.deepEqual(read, [
    { className: 'Dense', config: { name: 'd', units: 2, activation: 'linear', useBias: true } },
  ]);
});

test('a kind of model that is neither Sequential nor Functional is refused as such', () => {
  assert.throws(() => readTopology({ class_name: 'Subclassed', config: { layers: [dense] } }), {
    code: 'network-unsupported',
    message: /The model is a Subclassed/,
  });
});

test('a model that does not say its input shape is refused', () => {
  assert.throws(() => readTopology({ class_name: 'Sequential', config: { layers: [dense] } }), {
    message: /input shape/,
  });
});

test('an option that the runner does not execute is refused, not ignored', () => {
  const config = { name: 'c', filters: 4, kernel_size: 3, groups: 2, batch_input_shape: [null, 8, 8, 4] };
  assert.throws(
    () => readTopology({ class_name: 'Sequential', config: { layers: [{ class_name: 'Conv2D', config }] } }),
    {
      message: /"c" \(Conv2D\).*groups/s,
    },
  );
});
