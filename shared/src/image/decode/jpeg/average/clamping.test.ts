import assert from 'node:assert/strict';
import test from 'node:test';
import { encodeJpeg, progressiveScript } from '@glimpse/test/support/image/jpeg-encoder-fixture';
import { bySharp, contractOf, difference } from '@glimpse/test/support/image/jpeg-fixture';
import { decodeJpeg } from '../jpeg-decoder.ts';

/** Black strokes on white, at least 160,000 pixels, so that cells are larger than pixels. */
const page = Uint8Array.from({ length: 512 * 512 }, (_, i) => {
  const [x, y] = [i % 512, i >> 9];
  return y % 13 < 9 && (x * 7 + (y % 13) * 5) % 11 < 3 ? 0 : 255;
});

for (const step of [4, 20, 60]) {
  test(`strokes on white stay as bright as libjpeg shows them, with steps of ${step}`, async () => {
    const bytes = encodeJpeg({ width: 512, height: 512, components: [{ plane: page }], step });
    const contract = contractOf({ width: 16, height: 16 });
    const { mean } = difference(decodeJpeg(bytes, contract, { maxPixels: 1e6 }).pixels, await bySharp(bytes, contract));
    assert.ok(mean < 1, `off by ${mean}`);
  });
}

/** Areas of saturated colors: at their edges, colors are out of range although no component is. */
const fields = [0, 1, 2].map((channel) =>
  Uint8Array.from({ length: 512 * 512 }, (_, i) => {
    const [x, y] = [(i % 512) / 11, (i >> 9) / 7];
    return ((Math.floor(x) * 7 + Math.floor(y) * 13) >> channel) & 1 ? 255 : 0;
  }),
);
const script = progressiveScript(3);
const byComponent = [{ components: [1, 2] }, { components: [0] }];

for (const [name, progressive, scans] of [
  ['one scan', false, undefined],
  ['scans of components', false, byComponent],
  ['progressive scans', true, script],
] as const) {
  for (const size of [512, 79]) {
    test(`full colors of ${name}, ${size} pixels wide, are what libjpeg shows, although chroma is halved`, async () => {
      const components = fields.map((plane, i) => {
        const part = plane.filter((_, at) => at % 512 < size && at >> 9 < size);
        return { plane: part, horizontal: i === 0 ? 2 : 1, vertical: i === 0 ? 2 : 1 };
      });
      const bytes = encodeJpeg({
        width: size,
        height: size,
        components,
        step: 40,
        progressive,
        ...(scans && { scans }),
      });
      const contract = contractOf({ width: 16, height: 32 });
      const { mean } = difference(
        decodeJpeg(bytes, contract, { maxPixels: 1e6 }).pixels,
        await bySharp(bytes, contract),
      );
      assert.ok(mean < 1, `off by ${mean}`);
    });
  }
}
