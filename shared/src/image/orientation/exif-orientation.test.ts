import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { exifOrientation } from './exif-orientation.ts';

interface Entry {
  tag: number;
  type: number;
  value: number;
}

/** A TIFF block with one directory. */
function tiff(littleEndian: boolean, entries: Entry[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 + 2 + 12 * entries.length + 4));
  view.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, 8, littleEndian);
  view.setUint16(8, entries.length, littleEndian);
  entries.forEach(({ tag, type, value }, i) => {
    const at = 10 + 12 * i;
    view.setUint16(at, tag, littleEndian);
    view.setUint16(at + 2, type, littleEndian);
    view.setUint32(at + 4, 1, littleEndian);
    if (type === 3) view.setUint16(at + 8, value, littleEndian);
    else view.setUint32(at + 8, value, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

const software = { tag: 0x0131, type: 2, value: 0 };

for (const littleEndian of [true, false]) {
  test(`exifOrientation reads 1-8, ${littleEndian ? 'little' : 'big'} endian`, () => {
    for (let value = 1; value <= 8; value++) {
      assert.equal(exifOrientation(tiff(littleEndian, [software, { tag: 0x0112, type: 3, value }])), value);
      assert.equal(exifOrientation(tiff(littleEndian, [{ tag: 0x0112, type: 4, value }, software])), value);
    }
  });

  test(`exifOrientation ignores values that do not exist, ${littleEndian ? 'little' : 'big'} endian`, () => {
    for (const value of [0, 9, 65535]) {
      assert.equal(exifOrientation(tiff(littleEndian, [{ tag: 0x0112, type: 3, value }])), 1);
    }
  });
}

test('exifOrientation accepts the JPEG prefix, which some PNG writers keep', () => {
  const block = tiff(false, [{ tag: 0x0112, type: 3, value: 6 }]);
  assert.equal(exifOrientation(Buffer.concat([Buffer.from('Exif\0\0'), block])), 6);
});

test('exifOrientation returns upright for a block without the tag', () => {
  assert.equal(exifOrientation(tiff(true, [software])), 1);
  assert.equal(exifOrientation(new Uint8Array(0)), 1);
});

test('exifOrientation neither throws nor reads past the end of a truncated block', () => {
  const whole = tiff(true, [software, { tag: 0x0112, type: 3, value: 6 }]);
  for (let length = 0; length < whole.length; length++) {
    // In a real file, the bytes after the view belong to the next segment.
    const value = exifOrientation(whole.subarray(0, length));
    assert.equal(value, length >= 10 + 2 * 12 ? 6 : 1, `cut to ${length} bytes`);
  }
});

test('exifOrientation returns 1-8 for any bytes', () => {
  const header = fc.constantFrom('II*\0', 'MM\0*', 'Exif\0\0II*\0', '').map((text) => Buffer.from(text, 'latin1'));
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 80 }), (magic, rest) => {
      const value = exifOrientation(Buffer.concat([magic, rest]));
      assert.ok(Number.isInteger(value) && value >= 1 && value <= 8);
    }),
    { numRuns: 2000 },
  );
});
