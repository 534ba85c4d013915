import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { layerKinds } from '@glimpse/shared/model/layers/table';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { layerCases } from '@glimpse/test/support/layers/layer-cases';
import { runLayerCases } from '@glimpse/test/support/layers/run-layer-cases';
import { openHarness } from '@glimpse/test/support/worker/harness';

const { scenario, close } = await openHarness();
after(close);

test('every kind of layer has a test case', () => {
  const used = new Set(layerCases.flatMap(({ layers }) => layers.map(({ className }) => className as string)));
  assert.deepEqual([...used].sort(), Object.keys(layerKinds).sort());
});

test('every kind of layer runs in workerd on WASM, bit-identical to tfjs in Node', async () => {
  await useWasmBackend();
  const expected = runLayerCases();
  const { backend, outputs, tensors } = await scenario('wasm');
  assert.deepEqual(backend, { name: 'wasm' });
  assert.deepEqual(outputs, expected);
  assert.equal(tensors, 0);
});

test('if WebAssembly does not start, every kind of layer runs in plain JavaScript, and the reason is reported', async () => {
  await useWasmBackend();
  const expected = runLayerCases();
  const { backend, outputs, tensors } = await scenario('cpu');
  assert.equal(backend.name, 'cpu');
  assert.match(backend.reason, /WebAssembly did not start: /);
  assert.equal(tensors, 0);
  for (const [index, values] of expected.entries()) {
    assert.equal(outputs[index].length, values.length);
    for (const [i, value] of values.entries()) {
      assert.ok(Math.abs(value - outputs[index][i]) < 1e-5, `${JSON.stringify(layerCases[index])} at ${i}`);
    }
  }
});

test('a full heap is recognized as fatal, and a new backend gives the same results', async () => {
  const { message, broken, same, tensors } = await scenario('exhausted');
  assert.match(message, /tfjs WASM memory is full \(limit 20971520 bytes\)/);
  assert.deepEqual({ broken, same, tensors }, { broken: true, same: true, tensors: 0 });
});
