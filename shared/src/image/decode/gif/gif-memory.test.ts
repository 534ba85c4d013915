/** Memory besides the file, for the images that need the most. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { allocatedBytes } from '@glimpse/test/support/allocated-bytes';
import { gif } from '@glimpse/test/support/image/gif-fixture';
import { contractOf } from '@glimpse/test/support/image/jpeg-fixture';
import { gifDecoder } from './gif-decoder.ts';

for (const [width, height, side] of [
  [65_535, 4, 512],
  [1024, 512, 512],
  [4, 65_535, 512],
] as const) {
  test(`a GIF of ${width} x ${height} takes at most 8 MB, to ${side} x ${side}`, async (t) => {
    const colors = [0, 1, 2, 3].map((value) => [value, value, value] as const);
    const bytes = gif({ width, height, depth: 2, colors, indices: new Array(width * height).fill(1) });
    const target = contractOf({ width: side, height: side, channels: 3 });
    const most = await allocatedBytes(() => gifDecoder.decode(bytes, target, { maxPixels: 50e6 }));
    t.diagnostic(`${most} bytes`);
    assert.ok(most <= 8e6, `${most} bytes`);
  });
}
