import assert from 'node:assert/strict';
import test, { before } from 'node:test';
import { useWasmBackend } from '@glimpse/shared/node/tfjs-wasm';
import { tensor1d } from '@tensorflow/tfjs-core';
import { rmsprop } from './rmsprop.ts';

before(useWasmBackend);

test("three steps give what Keras' formula gives", () => {
  let weight = [1, -2, 0.5];
  let velocity = [0, 0, 0];
  for (const gradient of [
    [0.1, -3, 0],
    [-0.2, 1, 0],
    [0.3, 0.001, 1e-9],
  ]) {
    const updated = rmsprop.update(tensor1d(weight), tensor1d(gradient), [tensor1d(velocity)], 0.001);
    velocity = velocity.map((v, i) => 0.9 * v + 0.1 * gradient[i]! ** 2);
    weight = weight.map((w, i) => w - (0.001 * gradient[i]!) / Math.sqrt(velocity[i]! + 1e-7));
    updated.weight.dataSync().forEach((value, i) => {
      assert.ok(Math.abs(value - weight[i]!) < 1e-6 * Math.abs(weight[i]!), `${value} ${weight[i]}`);
    });
    weight = [...updated.weight.dataSync()];
    velocity = [...updated.slots[0]!.dataSync()];
  }
});
