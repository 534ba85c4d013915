import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { AreaAccumulator } from './area-accumulator.ts';
import { areaAverage } from './area-average.ts';
import type { Target } from './cell-grid.ts';

const side = fc.integer({ min: 1, max: 24 });
const target: fc.Arbitrary<Target> = fc.record({
  ...{ height: side, width: side, channels: fc.constantFrom(1, 3), fit: fc.constantFrom('stretch', 'cover') },
});
const image = fc
  .tuple(side, side)
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
      .map((data) => ({ width, height, data })),
  );

test('rows in any order, split into any parts with gaps, give the same bytes', () => {
  const order = fc.infiniteStream(fc.nat(1e6));
  fc.assert(
    fc.property(
      image,
      target,
      fc.integer({ min: 1, max: 5 }),
      order,
      ({ width, height, data }, target, step, order) => {
        const average = new AreaAccumulator({ width, height }, target);
        const parts = Array.from({ length: height * step }, (_, i) => ({
          ...{ y: Math.floor(i / step), start: i % step },
          place: order.next().value as number,
        }));
        for (const { y, start } of parts.sort((a, b) => a.place - b.place)) {
          const pixels = Array.from({ length: width }, (_, x) => data.subarray((y * width + x) * 4).subarray(0, 4));
          const part = pixels.filter((_, x) => x % step === start).flatMap((pixel) => [...pixel]);
          if (start < width) average.addRow(y, Uint8Array.from(part), start, step);
        }
        assert.deepEqual(average.finish(), areaAverage({ width, height, data }, target));
      },
    ),
    { numRuns: 150 },
  );
});

test('the means are converted before rounding and conversion to gray', () => {
  const data = Uint8Array.of(10, 20, 30, 255, 11, 21, 32, 255);
  const color = (channels: 1 | 3) => {
    const average = new AreaAccumulator({ width: 2, height: 1 }, { width: 1, height: 1, channels, fit: 'stretch' });
    average.addRow(0, data);
    const doubled = (rgb: Float64Array) => {
      for (let i = 0; i < rgb.length; i++) rgb[i]! *= 2;
    };
    return [...average.finish(doubled)];
  };
  assert.deepEqual(color(3), [21, 41, 62]);
  assert.deepEqual(color(1), [Math.round(0.299 * 21 + 0.587 * 41 + 0.114 * 62)]);
});

test('pixels beyond the width of the source are ignored', () => {
  const average = new AreaAccumulator({ width: 1, height: 1 }, { width: 1, height: 1, channels: 3, fit: 'stretch' });
  average.addRow(0, Uint8Array.of(1, 2, 3, 255, 200, 200, 200, 255));
  assert.deepEqual([...average.finish()], [1, 2, 3]);
});

test('the largest sums, from a wide source cropped to a wide target, are exact', () => {
  const source = { width: 65_535, height: 1525 };
  const target: Target = { width: 511, height: 7, channels: 1, fit: 'cover' };
  const average = new AreaAccumulator(source, target);
  const row = new Uint8Array(source.width * 4).fill(255);
  for (let y = 0; y < source.height; y++) average.addRow(y, row);
  assert.ok(average.finish().every((value) => value === 255));
});
