import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { areaAverage } from '../../../area-average/area-average.ts';
import type { Target } from '../../../area-average/cell-grid.ts';
import { averageRow, layOutGrid, pixelsPerTargetPixel } from './grid.ts';

const side = fc.integer({ min: 1, max: 40 });
const target: fc.Arbitrary<Target> = fc.record({
  height: side,
  width: side,
  channels: fc.constant(3 as const),
  fit: fc.constantFrom('stretch', 'cover'),
});

test('cells that are pixels average as areaAverage does, for any source, target and fit', () => {
  const image = fc
    .tuple(side, side)
    .chain(([width, height]) =>
      fc.uint8Array({ minLength: width * height, maxLength: width * height }).map((data) => ({ width, height, data })),
    );
  fc.assert(
    fc.property(image, target, ({ width, height, data }, target) => {
      const grid = layOutGrid({ width, height }, target, { pixels: width * height, parts: 0 });
      const [left, across] = [grid.columns.edges[0]!, grid.columns.edges.length - 1];
      const [top, down] = [grid.rows.edges[0]!, grid.rows.edges.length - 1];
      const cells = Float32Array.from(
        { length: across * down },
        (_, i) => data[(top + Math.floor(i / across)) * width + left + (i % across)]!,
      );
      const rgba = Uint8Array.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : data[i >> 2]!));
      const expected = areaAverage({ width, height, data: rgba }, target);
      const row = new Float64Array(target.width * 3);
      for (let y = 0; y < target.height; y++) {
        averageRow(grid, y, cells, row, 1, 3);
        for (let x = 0; x < target.width; x++) {
          const byte = expected[(y * target.width + x) * 3]!;
          assert.ok(Math.abs(row[x * 3 + 1]! - byte) <= 0.5 + 1e-6);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('the shares of a target pixel add up to 1 for any cells', () => {
  fc.assert(
    fc.property(side, side, target, fc.nat(4000), fc.nat(4000), (width, height, target, pixels, parts) => {
      const { columns, rows } = layOutGrid({ width, height }, target, { pixels, parts });
      for (const { first, count, start, shares, edges } of [columns, rows]) {
        for (const [i, from] of start.entries()) {
          const sum = shares.subarray(from, from + count[i]!).reduce((total, share) => total + share, 0);
          assert.ok(Math.abs(sum - 1) < 1e-9);
          assert.ok(first[i]! + count[i]! <= edges.length - 1);
        }
        assert.ok(edges.every((edge, i) => i === 0 || edge - edges[i - 1]! > 1 - 1e-9));
      }
    }),
  );
});

test('cells are the pixels of small images, otherwise target pixels or parts of them', () => {
  const contract: Target = { height: 10, width: 10, channels: 3, fit: 'stretch' };
  const cells = (width: number, height: number, pixels: number, parts: number) => {
    const { columns, rows } = layOutGrid({ width, height }, contract, { pixels, parts });
    return [columns.edges.length - 1, rows.edges.length - 1];
  };
  assert.deepEqual(cells(20, 30, 600, 0), [20, 30]);
  assert.deepEqual(cells(20, 30, 599, 0), [10, 10]);
  assert.deepEqual(cells(1000, 1000, 600, 900), [30, 30]);
  assert.deepEqual(cells(1000, 4, 600, 0), [10, 4]);
});

test('the size of a target pixel is that of its shorter side', () => {
  const contract: Target = { height: 10, width: 10, channels: 3, fit: 'stretch' };
  assert.equal(pixelsPerTargetPixel({ width: 300, height: 200 }, contract), 20);
  assert.equal(pixelsPerTargetPixel({ width: 5, height: 200 }, contract), 0.5);
});
