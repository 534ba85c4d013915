import assert from 'node:assert/strict';
import test from 'node:test';
import { chunk, header, joined, png } from '@glimpse/test/support/image/png-fixture';
import { type Chunk, SIGNATURE, walkChunks } from './chunks.ts';
import { readPngHeader } from './header.ts';

const gray = { width: 2, height: 1, depth: 8, colorType: 0, rows: [[1, 2]] } as const;

const firstOf = (bytes: Uint8Array): Chunk => walkChunks(bytes).next().value!;

/** Creates an IHDR chunk. */
function declaring(changes: { width?: number; height?: number; depth?: number; colorType?: number }): Chunk {
  const declared = { ...gray, ...changes } as typeof gray;
  return firstOf(joined(SIGNATURE, header(declared), chunk('IEND')));
}

test('readPngHeader reads size, color type and bits per pixel', () => {
  assert.deepEqual(readPngHeader(firstOf(png(gray))), {
    ...{ width: 2, height: 1, depth: 8, colorType: 0, bitsPerPixel: 8, interlaced: false },
  });
  assert.equal(readPngHeader(declaring({ colorType: 6, depth: 16 })).bitsPerPixel, 64);
});

test('readPngHeader does not overflow for products above 2^32', () => {
  const { width, height } = readPngHeader(declaring({ width: 65536, height: 65536 }));
  assert.equal(width * height, 2 ** 32);
});

for (const [fault, changes] of Object.entries({
  'no width': { width: 0 },
  'no height': { height: 0 },
  'a side of 2^31': { width: 2 ** 31 },
  'a color type that does not exist': { colorType: 5 },
  'a depth that its color type lacks': { colorType: 2, depth: 4 },
})) {
  test(`readPngHeader refuses ${fault}`, () => {
    assert.throws(() => readPngHeader(declaring(changes)), { code: 'image-undecodable' });
  });
}

test('readPngHeader refuses an IHDR with a wrong checksum, a short one, and a missing one', () => {
  const damaged = header(gray);
  damaged[11] = 200;
  for (const first of [damaged, chunk('IHDR', [0, 0, 0, 1]), chunk('IDAT', [1])]) {
    const read = firstOf(joined(SIGNATURE, first, chunk('IEND')));
    assert.throws(() => readPngHeader(read), { code: 'image-undecodable', message: /IHDR/ });
  }
});

test("readPngHeader names Apple's CgBI format", () => {
  const first = firstOf(joined(SIGNATURE, chunk('CgBI', [0, 0, 0, 0]), header(gray), chunk('IEND')));
  assert.throws(() => readPngHeader(first), { code: 'image-undecodable', message: /CgBI/ });
});
