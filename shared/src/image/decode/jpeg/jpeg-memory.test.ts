/** Memory besides the file, for the images that need the most. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { allocatedBytes } from '@glimpse/test/support/allocated-bytes';
import { flatProgressive } from '@glimpse/test/support/image/jpeg-encoder-fixture';
import { contractOf } from '@glimpse/test/support/image/jpeg-fixture';
import { decodeJpeg } from './jpeg-decoder.ts';

/** Bytes of all arrays that a decode allocates. */
function allocated(bytes: Uint8Array, width: number, height: number): number {
  return allocatedBytes(() => decodeJpeg(bytes, contractOf({ width, height }), { maxPixels: 110e6 }));
}

type Factors = [horizontal: number, vertical: number][];
const chromaHalf: Factors = [
  [2, 2],
  [1, 1],
  [1, 1],
];
const full: Factors = [
  [1, 1],
  [1, 1],
  [1, 1],
];

for (const [name, width, height, factors, side] of [
  ['108 megapixels', 12_000, 9000, chromaHalf, 512],
  ['108 megapixels without subsampling', 12_000, 9000, full, 512],
  ['the widest that is kept whole', 38_600, 1600, full, 512],
  ['the longest side', 65_500, 1600, full, 512],
  ['a small target', 12_000, 9000, full, 32],
] as const) {
  test(`a progressive image of ${name} takes at most 8 MB, to ${side} x ${side}`, (t) => {
    const bytes = flatProgressive({ width, height, factors });
    const most = allocated(bytes, side, side);
    t.diagnostic(`${most} bytes`);
    assert.ok(most <= 8e6, `${most} bytes`);
  });
}

test('the maximum number of scans takes at most 8 MB', () => {
  const bytes = flatProgressive({ width: 38_600, height: 64, factors: full, refinements: 96 });
  const most = allocated(bytes, 512, 512);
  assert.ok(most <= 8e6, `${most} bytes`);
});

test('CMYK takes at most 8 MB', () => {
  const bytes = flatProgressive({ width: 4000, height: 3000, factors: [...full, [1, 1]] });
  const most = allocated(bytes, 512, 512);
  assert.ok(most <= 8e6, `${most} bytes`);
});
