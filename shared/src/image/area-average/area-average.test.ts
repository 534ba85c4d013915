import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import type { Orientation } from '../orientation/exif-orientation.ts';
import { turnSize, turnUpright } from '../orientation/orientation.ts';
import { areaAverage, type RgbaImage, type Target } from './area-average.ts';

const side = fc.integer({ min: 1, max: 24 });
const target: fc.Arbitrary<Target> = fc.record({
  height: side,
  width: side,
  channels: fc.constantFrom(1, 3),
  fit: fc.constantFrom('stretch', 'cover'),
});

/** Noise; `opaque` has an alpha of 255 throughout. */
const image = ({ opaque }: { opaque: boolean }): fc.Arbitrary<RgbaImage> =>
  fc.tuple(side, side).chain(([width, height]) =>
    fc.uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 }).map((data) => {
      if (opaque) for (let i = 3; i < data.length; i += 4) data[i] = 255;
      return { width, height, data };
    }),
  );

function solid(width: number, height: number, rgba: readonly [number, number, number, number]): RgbaImage {
  return { width, height, data: Uint8Array.from({ length: width * height * 4 }, (_, i) => rgba[i % 4]!) };
}

/** The literal definition: every pixel under a cell is weighted by the overlapping area. Not rounded. */
function areaAverageByDefinition({ width, height, data }: RgbaImage, { fit, ...size }: Target): number[] {
  const scale = Math.min(width / size.width, height / size.height);
  const cell = fit === 'cover' ? { x: scale, y: scale } : { x: width / size.width, y: height / size.height };
  const left = (width - cell.x * size.width) / 2;
  const top = (height - cell.y * size.height) / 2;
  const shared = (from: number, to: number, pixel: number) =>
    Math.max(0, Math.min(to, pixel + 1) - Math.max(from, pixel));
  const means: number[] = [];
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const rgb: [number, number, number] = [0, 0, 0];
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          const area =
            shared(left + x * cell.x, left + (x + 1) * cell.x, column) *
            shared(top + y * cell.y, top + (y + 1) * cell.y, row);
          const at = (row * width + column) * 4;
          const alpha = data[at + 3]! / 255;
          for (const channel of [0, 1, 2] as const) {
            rgb[channel] += ((data[at + channel]! * alpha + 255 * (1 - alpha)) * area) / (cell.x * cell.y);
          }
        }
      }
      means.push(...(size.channels === 3 ? rgb : [0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]]));
    }
  }
  return means;
}

test('areaAverage follows the definition for any source, target and fit, including enlarging', () => {
  fc.assert(
    fc.property(image({ opaque: false }), target, (source, target) => {
      const expected = areaAverageByDefinition(source, target);
      const actual = areaAverage(source, target);
      assert.equal(actual.length, expected.length);
      // Half up, except for the floating-point error of the definition above.
      for (const [i, value] of actual.entries()) assert.ok(Math.abs(value - expected[i]!) <= 0.5 + 1e-9);
    }),
    { numRuns: 150 },
  );
});

test('areaAverage leaves a constant image constant', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(side, side, byte, target, (width, height, value, target) => {
      const pixels = areaAverage(solid(width, height, [value, value, value, 255]), target);
      assert.ok(pixels.every((each) => each === value));
    }),
  );
});

test('areaAverage copies an opaque image of the target size', () => {
  fc.assert(
    fc.property(image({ opaque: true }), fc.constantFrom('stretch', 'cover'), (source, fit) => {
      const pixels = areaAverage(source, { width: source.width, height: source.height, channels: 3, fit });
      assert.deepEqual(
        [...pixels],
        [...source.data].filter((_, i) => i % 4 !== 3),
      );
    }),
  );
});

test('areaAverage keeps the mean', () => {
  fc.assert(
    fc.property(image({ opaque: true }), target, (source, size) => {
      const mean = (values: ArrayLike<number>) =>
        Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
      const reds = source.data.filter((_, i) => i % 4 === 0);
      const small = areaAverage(source, { ...size, channels: 3, fit: 'stretch' }).filter((_, i) => i % 3 === 0);
      assert.ok(Math.abs(mean(reds) - mean(small)) <= 0.5);
    }),
  );
});

test('areaAverage rounds half up, once', () => {
  const source = { width: 2, height: 1, data: Uint8Array.of(0, 2, 4, 255, 1, 3, 6, 255) };
  assert.deepEqual([...areaAverage(source, { width: 1, height: 1, channels: 3, fit: 'stretch' })], [1, 3, 5]);
});

test('areaAverage shows transparent parts as white, regardless of their color', () => {
  const size = { width: 3, height: 3, channels: 3, fit: 'stretch' } as const;
  assert.ok(areaAverage(solid(4, 4, [9, 99, 199, 0]), size).every((value) => value === 255));
  assert.deepEqual([...areaAverage(solid(4, 4, [0, 0, 0, 51]), size).subarray(0, 3)], [204, 204, 204]);
});

test('areaAverage converts to gray by BT.601', () => {
  const size = { width: 1, height: 1, channels: 1, fit: 'stretch' } as const;
  assert.deepEqual([...areaAverage(solid(2, 2, [255, 0, 0, 255]), size)], [76]);
  assert.deepEqual([...areaAverage(solid(2, 2, [0, 255, 0, 255]), size)], [150]);
  assert.deepEqual([...areaAverage(solid(2, 2, [0, 0, 255, 255]), size)], [29]);
});

test('areaAverage with cover uses only the centered part', () => {
  // Columns 0-3 of 4 x 2; a square target covers columns 1 and 2.
  const [white, black] = [
    [255, 255, 255, 255],
    [0, 0, 0, 255],
  ];
  const line = [white, black, black, white].flat();
  const source = { width: 4, height: 2, data: Uint8Array.from([...line, ...line]) };
  const size = { width: 1, height: 1, channels: 3 } as const;
  assert.deepEqual([...areaAverage(source, { ...size, fit: 'cover' })], [0, 0, 0]);
  assert.deepEqual([...areaAverage(source, { ...size, fit: 'stretch' })], [128, 128, 128]);
});

test('areaAverage gives the same bytes whether an image is rotated before or after', () => {
  const orientations: Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];
  fc.assert(
    fc.property(image({ opaque: false }), target, fc.constantFrom(...orientations), (stored, target, orientation) => {
      const upright = {
        ...turnSize({ width: stored.width, height: stored.height }, orientation),
        data: turnUpright(stored.data as Uint8Array, { ...stored, channels: 4 }, orientation),
      };
      const small = areaAverage(stored, turnSize(target, orientation));
      assert.deepEqual(turnUpright(small, turnSize(target, orientation), orientation), areaAverage(upright, target));
    }),
  );
});

test('areaAverage refuses data whose length does not match the size', () => {
  const size = { width: 1, height: 1, channels: 3, fit: 'stretch' } as const;
  assert.throws(() => areaAverage({ width: 2, height: 2, data: new Uint8Array(15) }, size), RangeError);
  assert.throws(() => areaAverage({ width: 0, height: 2, data: new Uint8Array(0) }, size), RangeError);
});
