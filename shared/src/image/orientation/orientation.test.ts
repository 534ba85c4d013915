import assert from 'node:assert/strict';
import test from 'node:test';
import sharp from 'sharp';
import type { Orientation } from './exif-orientation.ts';
import { turnSize, turnUpright } from './orientation.ts';

const size = { height: 2, width: 3, channels: 1 };
const stored = Uint8Array.of(
  ...[1, 2, 3], //
  ...[4, 5, 6],
);

const upright: Record<Orientation, number[][]> = {
  1: [
    [1, 2, 3],
    [4, 5, 6],
  ],
  2: [
    [3, 2, 1],
    [6, 5, 4],
  ],
  3: [
    [6, 5, 4],
    [3, 2, 1],
  ],
  4: [
    [4, 5, 6],
    [1, 2, 3],
  ],
  5: [
    [1, 4],
    [2, 5],
    [3, 6],
  ],
  6: [
    [4, 1],
    [5, 2],
    [6, 3],
  ],
  7: [
    [6, 3],
    [5, 2],
    [4, 1],
  ],
  8: [
    [3, 6],
    [2, 5],
    [1, 4],
  ],
};

const orientations = [1, 2, 3, 4, 5, 6, 7, 8] as const;

for (const orientation of orientations) {
  test(`turnUpright corrects orientation ${orientation}`, () => {
    assert.deepEqual([...turnUpright(stored, size, orientation)], upright[orientation].flat());
  });
}

test('turnUpright agrees with sharp for every orientation, in color', async () => {
  const raw = { width: 5, height: 3, channels: 3 as const };
  const pixels = Uint8Array.from({ length: 45 }, (_, i) => (i * 37) & 255);
  for (const orientation of orientations) {
    const tagged = await sharp(pixels, { raw }).withMetadata({ orientation }).png().toBuffer();
    const expected = await sharp(tagged).autoOrient().raw().toBuffer();
    assert.deepEqual(Buffer.from(turnUpright(pixels, raw, orientation)), expected, `orientation ${orientation}`);
  }
});

test('turnSize swaps the sides only for orientations 5-8', () => {
  for (const orientation of orientations) {
    const { height, width } = turnSize(size, orientation);
    assert.deepEqual([height, width], orientation < 5 ? [2, 3] : [3, 2]);
  }
});
