/** Memory besides the file, for the image that needs the most. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateSync } from 'node:zlib';
import { allocatedBytes } from '@glimpse/test/support/allocated-bytes';
import { chunk, header, joined } from '@glimpse/test/support/image/png-fixture';
import type { InputContract } from '../../input-contract.ts';
import { SIGNATURE } from './chunks.ts';
import { pngDecoder } from './png-decoder.ts';

const contract: InputContract = {
  height: 512,
  width: 512,
  channels: 3,
  fit: 'stretch',
  mean: [0, 0, 0],
  standardDeviation: [1, 1, 1],
};

for (const interlaced of [false, true]) {
  test(`the worst valid image takes at most 8 MB${interlaced ? ', interlaced' : ''}`, async (t) => {
    const [width, height] = [65_535, 9];
    // Adam7 needs nearly as many bytes; the excess is ignored.
    const data = deflateSync(new Uint8Array((width * 8 + 8) * height));
    const declared = header({ width, height, depth: 16, colorType: 6, interlaced });
    const exif = chunk('eXIf', Buffer.from('4d4d002a00000008000101120003000000010006000000000000', 'hex'));
    const bytes = joined(SIGNATURE, declared, exif, chunk('IDAT', data), chunk('IEND'));
    const most = await allocatedBytes(() => pngDecoder().decode(bytes, contract, { maxPixels: 1e8 }));
    t.diagnostic(`${most} bytes`);
    assert.ok(most > 1e6 && most <= 8e6, `${most} bytes`);
  });
}
