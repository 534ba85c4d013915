import assert from 'node:assert/strict';
import test from 'node:test';
import { checkPixelLimit } from './pixel-limit.ts';

test('checkPixelLimit accepts the limit itself', () => {
  checkPixelLimit({ width: 10, height: 10 }, { maxPixels: 100 });
});

test('checkPixelLimit reports the limit and the declared value', () => {
  assert.throws(() => checkPixelLimit({ width: 101, height: 1 }, { maxPixels: 100 }), {
    code: 'image-too-many-pixels',
    details: { limit: 100, actual: 101 },
  });
});

test('checkPixelLimit does not overflow at 2^32', () => {
  for (const side of [65536, 2 ** 31 - 1]) {
    assert.throws(() => checkPixelLimit({ width: side, height: side }, { maxPixels: 1e8 }), {
      code: 'image-too-many-pixels',
    });
  }
});
