import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseDetail } from './detail.ts';

/** The detail of a 4:2:0 image for a target of 224 x 224. */
const ofMegapixels = (megapixels: number) => ({
  blocks: (megapixels * 1e6 * 1.5) / 64,
  rowBlocks: 6 * 750,
  cellBytes: 224 * 224 * 12,
});
const whole = { frequencies: 8, refined: true, kept: 64 };

test('images are read completely', () => {
  assert.deepEqual(chooseDetail(false, 500, ofMegapixels(108)), whole);
  assert.deepEqual(chooseDetail(true, 500, ofMegapixels(108)), whole);
  assert.deepEqual(chooseDetail(true, 2, ofMegapixels(12)), whole);
});

test('progressive images with too many blocks are read as far as the target needs', () => {
  const huge = ofMegapixels(300);
  assert.deepEqual(chooseDetail(true, 23.9, huge), { ...whole, refined: false });
  assert.deepEqual(chooseDetail(true, 24, huge), { frequencies: 3, refined: false, kept: 13 });
  assert.deepEqual(chooseDetail(true, 64, huge), { frequencies: 1, refined: false, kept: 1 });
});

test('images with several scans that are too wide keep the first coefficients', () => {
  const wide = { blocks: 1e6, rowBlocks: 3 * 8192, cellBytes: 512 * 512 * 12 };
  assert.deepEqual(chooseDetail(true, 3, wide), { frequencies: 8, refined: false, kept: 37 });
  assert.deepEqual(chooseDetail(false, 3, wide), { frequencies: 8, refined: true, kept: 37 });
});
