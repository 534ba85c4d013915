import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseDetail, chooseRefined } from './detail.ts';

test('progressive pictures are read as far as the target needs them, sequential ones whole', () => {
  assert.deepEqual(chooseDetail(false, 500), { frequencies: 8, refined: true });
  assert.deepEqual(chooseDetail(true, 23.9), { frequencies: 8, refined: true });
  assert.deepEqual(chooseDetail(true, 24), { frequencies: 3, refined: false });
  assert.deepEqual(chooseDetail(true, 64), { frequencies: 1, refined: false });
});

test('components are refined in their order while memory lasts', () => {
  assert.deepEqual(chooseRefined([1000, 1000, 1000], 0), [true, true, true]);
  // 12 megapixels of 4:2:0 for a target of 224 x 224; 24 for the largest.
  assert.deepEqual(chooseRefined([187_500, 46_875, 46_875], 224 * 224 * 12), [true, true, true]);
  assert.deepEqual(chooseRefined([375_000, 93_750, 93_750], 512 * 512 * 12), [false, true, false]);
});
