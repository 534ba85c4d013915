import assert from 'node:assert/strict';
import test from 'node:test';
import { fitPicture } from './fit-picture.ts';
import type { InputContract } from './input-contract.ts';

const contract: InputContract = {
  ...{ height: 2, width: 1, channels: 1, fit: 'stretch' },
  ...{ mean: [0], standardDeviation: [1] },
};
/** A row of two pixels: black, white. */
const stored = { width: 2, height: 1, data: Uint8Array.of(0, 0, 0, 255, 255, 255, 255, 255) };

test('fitPicture turns a lying picture upright before it meets the contract', () => {
  assert.deepEqual([...fitPicture(stored, 6, contract)], [0, 255]);
  assert.deepEqual([...fitPicture(stored, 8, contract)], [255, 0]);
});

test('fitPicture stretches an upright picture as it is', () => {
  assert.deepEqual([...fitPicture(stored, 1, contract)], [128, 128]);
});
