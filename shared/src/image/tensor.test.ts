import assert from 'node:assert/strict';
import test from 'node:test';
import type { InputContract } from './input-contract.ts';
import { normalize } from './tensor.ts';

const contract: InputContract = {
  height: 8,
  width: 8,
  channels: 3,
  fit: 'stretch',
  mean: [0.5, 0.25, 0],
  standardDeviation: [0.5, 0.25, 1],
};

test('each channel is divided by 255, then shifted and scaled by its own numbers', () => {
  const pixels = new Uint8Array(192);
  pixels.set([255, 0, 51]);
  assert.deepEqual([...normalize(pixels, contract).subarray(0, 3)], [1, -1, Math.fround(0.2)]);
});

test('several images are accepted, an incomplete one is not', () => {
  assert.equal(normalize(new Uint8Array(384), contract).length, 384);
  assert.throws(() => normalize(new Uint8Array(100), contract), /100 bytes are not a whole number of 192-byte images/);
  assert.throws(() => normalize(new Uint8Array(0), contract), RangeError);
});
