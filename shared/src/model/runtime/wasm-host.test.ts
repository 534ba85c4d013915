import assert from 'node:assert/strict';
import test from 'node:test';
import { compileWasmFile } from './wasm-file.ts';
import { hostWasmModule } from './wasm-host.ts';

const module = compileWasmFile('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm');

test('memory grows on demand, and the view of it stays valid', () => {
  const host = hostWasmModule(module, 64 * 2 ** 20);
  const before = host.HEAPU8.length;
  const pointer = host._malloc(40 * 2 ** 20);
  assert.ok(pointer > 0);
  assert.ok(host.HEAPU8.length > before);
  host.HEAPU8[pointer] = 7;
  assert.equal(host.HEAPU8[pointer], 7);
});

test('an allocation beyond the limit throws instead of returning address 0', () => {
  const host = hostWasmModule(module, 32 * 2 ** 20);
  assert.throws(() => host._malloc(64 * 2 ** 20), {
    name: 'RangeError',
    message: /memory is full \(limit 33554432 bytes\)/,
  });
});
