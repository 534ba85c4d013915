import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { PictureError } from '../../picture-error.ts';
import { readJpegHeader } from './header.ts';
import { jpeg, segment, skeleton } from './jpeg-fixture.ts';

test('readJpegHeader reads a baseline JPEG', async () => {
  assert.deepEqual(readJpegHeader(await jpeg({ width: 40, height: 30 })), {
    ...{ width: 40, height: 30, precision: 8, components: 3, process: 'sequential', orientation: 1 },
    ...{ scans: [3], ended: true },
  });
});

test('readJpegHeader reads a progressive JPEG and counts its scans', async () => {
  const header = readJpegHeader(await jpeg({ width: 40, height: 30, progressive: true }));
  assert.equal(header.process, 'progressive');
  assert.ok(header.scans.length > 1);
});

test('readJpegHeader reads the orientation from the first Exif segment', async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    assert.equal(readJpegHeader(await jpeg({ width: 8, height: 8, orientation })).orientation, orientation);
  }
});

test('readJpegHeader names the processes that are not read', () => {
  const named = [0xc1, 0xc2, 0xc3, 0xc5, 0xc9, 0xca].map((frame) => readJpegHeader(skeleton({ frame })).process);
  assert.deepEqual(named, ['sequential', 'progressive', 'lossless', 'hierarchical', 'arithmetic', 'arithmetic']);
});

test('readJpegHeader is not misled by a thumbnail within a segment', async () => {
  const inner = await jpeg({ width: 8, height: 8 });
  const outer = await jpeg({ width: 40, height: 30 });
  const bytes = Uint8Array.of(...outer.subarray(0, 2), ...segment(0xe2, ...inner), ...outer.subarray(2));
  assert.equal(readJpegHeader(bytes).width, 40);
});

test('readJpegHeader stops at the end of the first picture', async () => {
  const first = await jpeg({ width: 40, height: 30 });
  const bytes = Uint8Array.of(...first, ...(await jpeg({ width: 8, height: 8, progressive: true })));
  assert.deepEqual(readJpegHeader(bytes), readJpegHeader(first));
});

test('readJpegHeader says whether the end marker is there', async () => {
  const bytes = await jpeg({ width: 40, height: 30 });
  assert.equal(readJpegHeader(bytes.subarray(0, -2)).ended, false);
  assert.equal(readJpegHeader(bytes.subarray(0, -1)).ended, false);
});

test('readJpegHeader answers or throws a PictureError for any bytes', () => {
  const marker = fc.tuple(fc.constant(0xff), fc.integer({ min: 0xc0, max: 0xff }), fc.constant(0), fc.nat(40));
  const pieces = fc.array(fc.oneof(marker, fc.array(fc.nat(255), { maxLength: 30 })), { maxLength: 20 });
  fc.assert(
    fc.property(pieces, (parts) => {
      try {
        readJpegHeader(Uint8Array.of(0xff, 0xd8, ...parts.flat()));
      } catch (error) {
        assert.ok(error instanceof PictureError);
      }
    }),
    { numRuns: 1000 },
  );
});
