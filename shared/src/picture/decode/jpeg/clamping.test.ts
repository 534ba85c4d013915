import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeJpeg } from './jpeg-decoder.ts';
import { encodeJpeg } from './jpeg-encoder-fixture.ts';
import { bySharp, contractOf, difference } from './jpeg-fixture.ts';

/** Black strokes on white; of 160,000 pixels at least, so that cells are larger than pixels. */
const page = Uint8Array.from({ length: 512 * 512 }, (_, i) => {
  const [x, y] = [i % 512, i >> 9];
  return y % 13 < 9 && (x * 7 + (y % 13) * 5) % 11 < 3 ? 0 : 255;
});

for (const step of [4, 20, 60]) {
  test(`strokes on white stay as bright as libjpeg shows them, with steps of ${step}`, async () => {
    const bytes = encodeJpeg({ width: 512, height: 512, components: [{ plane: page }], step });
    const contract = contractOf({ width: 16, height: 16 });
    const { mean } = difference(decodeJpeg(bytes, contract, { maxPixels: 1e6 }).pixels, await bySharp(bytes, contract));
    assert.ok(mean < 1.5, `off by ${mean}`);
  });
}
