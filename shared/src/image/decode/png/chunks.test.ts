import assert from 'node:assert/strict';
import test from 'node:test';
import { chunk, joined, png } from '@glimpse/test/support/image/png-fixture';
import fc from 'fast-check';
import { ImageError } from '../../image-error.ts';
import { hasValidChecksum, SIGNATURE, walkChunks } from './chunks.ts';

const readChunks = (bytes: Uint8Array) => [...walkChunks(bytes)];
const whole = png({ width: 2, height: 1, depth: 8, colorType: 0, rows: [[1, 2]] });

test('walkChunks yields the chunks in order, with their offsets', () => {
  const chunks = readChunks(whole);
  assert.deepEqual(
    chunks.map(({ type }) => type),
    ['IHDR', 'IDAT', 'IEND'],
  );
  assert.deepEqual(joined(SIGNATURE, ...chunks.map(({ type, data }) => chunk(type, data))), whole);
  assert.deepEqual(
    chunks.map(({ offset, data }) => data.byteOffset - offset),
    [8, 8, 8],
  );
});

test('walkChunks ignores what follows IEND', () => {
  assert.deepEqual(readChunks(joined(whole, Uint8Array.of(1, 2, 3))), readChunks(whole));
});

test('walkChunks reports the offset of a truncation anywhere', () => {
  for (let length = 8; length < whole.length; length++) {
    assert.throws(() => readChunks(whole.subarray(0, length)), {
      code: 'image-undecodable',
      details: { offset: length },
    });
  }
});

test('walkChunks names a text-mode transfer as the cause of a damaged signature', () => {
  const dosToUnix = joined(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0a, 0x1a, 0x0a), whole.subarray(8));
  assert.throws(() => readChunks(dosToUnix), { code: 'image-undecodable', message: /text mode/ });
});

test('walkChunks reports the offset of garbage in place of a chunk', () => {
  const bytes = joined(
    whole.subarray(0, 33),
    Uint8Array.from({ length: 40 }, (_, i) => i),
  );
  assert.throws(() => readChunks(bytes), { code: 'image-undecodable', details: { offset: 33 } });
});

test('walkChunks limits the number of empty chunks', () => {
  const bytes = joined(whole.subarray(0, 33), ...Array.from({ length: 50_001 }, () => chunk('IDAT')));
  assert.throws(() => readChunks(bytes), { code: 'image-undecodable', message: /more than 50000 chunks/ });
});

test('walkChunks yields chunks or throws an ImageError for any bytes after a signature', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (rest) => {
      assert.throws(() => readChunks(joined(SIGNATURE, rest)), ImageError);
    }),
  );
});

test('hasValidChecksum detects every changed bit of a chunk', () => {
  for (const [at] of chunk('tEXt', [1, 2, 3, 4, 5, 6, 7]).subarray(4).entries()) {
    const bytes = chunk('tEXt', [1, 2, 3, 4, 5, 6, 7]);
    const of = () => ({ type: 'tEXt', offset: 0, data: bytes.subarray(8, -4) });
    assert.equal(hasValidChecksum(of()), true);
    bytes[4 + at]! ^= 0x10;
    assert.equal(hasValidChecksum(of()), false);
  }
});
