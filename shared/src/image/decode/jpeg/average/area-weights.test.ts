import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { areaWeights } from './area-weights.ts';
import type { Upsampling } from './upsampling.ts';

/** The reference: inverse DCT of each block, upsampling, mean over each cell. */
function meansByDefinition(coefficients: number[][], edges: Float64Array, upsampling: Upsampling): number[] {
  const samples = coefficients.flatMap((block) =>
    Array.from({ length: 8 }, (_, x) =>
      block.reduce(
        (sum, value, u) => sum + value * (u === 0 ? Math.SQRT1_2 : Math.cos(((2 * x + 1) * u * Math.PI) / 16)) * 0.5,
        0,
      ),
    ),
  );
  const last = upsampling.samples - 1;
  const pixel = (x: number) => {
    if (!upsampling.triangle)
      return samples[Math.min(last, Math.floor((x * upsampling.factor) / upsampling.largestFactor))]!;
    const own = x >> 1;
    const other = Math.min(last, Math.max(0, own + (x & 1 ? 1 : -1)));
    return samples[own]! * 0.75 + samples[other]! * 0.25;
  };
  return Array.from({ length: edges.length - 1 }, (_, i) => {
    let sum = 0;
    for (let x = Math.floor(edges[i]!); x < edges[i + 1]!; x++) {
      sum += pixel(x) * (Math.min(x + 1, edges[i + 1]!) - Math.max(x, edges[i]!));
    }
    return sum / (edges[i + 1]! - edges[i]!);
  });
}

function meansByWeights(coefficients: number[][], edges: Float64Array, upsampling: Upsampling): number[] {
  const { first, count, start, weights } = areaWeights(coefficients.length, edges, upsampling, 8);
  const sums = new Array<number>(edges.length - 1).fill(0);
  for (const [block, values] of coefficients.entries()) {
    for (let i = 0; i < count[block]!; i++) {
      for (let u = 0; u < 8; u++) sums[first[block]! + i]! += values[u]! * weights[start[block]! + i * 8 + u]!;
    }
  }
  return sums;
}

const cases = fc
  .record({
    pixels: fc.integer({ min: 1, max: 120 }),
    factors: fc.constantFrom([1, 1], [1, 2], [1, 3], [1, 4], [2, 3], [3, 4], [2, 4]),
    triangle: fc.boolean(),
    crop: fc.tuple(fc.double({ min: 0, max: 0.4, noNaN: true }), fc.double({ min: 0.6, max: 1, noNaN: true })),
    cells: fc.double({ min: 0, max: 1, noNaN: true }),
    values: fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 8 * 15, maxLength: 8 * 15 }),
  })
  .map(({ pixels, factors: [factor = 1, largestFactor = 1], triangle, crop, cells, values }) => {
    const samples = Math.ceil((pixels * factor) / largestFactor);
    const [from, to] = [pixels * crop[0], pixels * crop[1]];
    const parts = Math.max(1, Math.floor((to - from) * cells));
    return {
      coefficients: Array.from({ length: Math.ceil(samples / 8) }, (_, i) => values.slice(i * 8, i * 8 + 8)),
      edges: Float64Array.from({ length: parts + 1 }, (_, i) => from + ((to - from) * i) / parts),
      upsampling: { samples, factor, largestFactor, triangle: triangle && largestFactor === 2 * factor },
    };
  });

test('weights equal inverse DCT, upsampling and averaging, for any cells and sampling', () => {
  fc.assert(
    fc.property(cases, ({ coefficients, edges, upsampling }) => {
      const expected = meansByDefinition(coefficients, edges, upsampling);
      const actual = meansByWeights(coefficients, edges, upsampling);
      for (const [i, mean] of expected.entries()) assert.ok(Math.abs(mean - actual[i]!) < 1e-3, `cell ${i}`);
    }),
    { numRuns: 500 },
  );
});

const whole: Upsampling = { samples: 64, factor: 1, largestFactor: 1, triangle: false };

test('blocks within one cell use only their means, and share their weights', () => {
  const { ac, count, start, weights } = areaWeights(8, Float64Array.of(0, 28, 64), whole, 8);
  assert.deepEqual([...ac], [0, 0, 0, 1, 0, 0, 0, 0]);
  assert.deepEqual([...count], [1, 1, 1, 2, 1, 1, 1, 1]);
  assert.equal(new Set(start).size, 3);
  assert.equal(weights.length, 8 * 4);
});

test('blocks outside the cells, and those that only complete an MCU, overlap none', () => {
  const { count } = areaWeights(10, Float64Array.of(16, 40), whole, 8);
  assert.deepEqual([...count], [0, 0, 1, 1, 1, 0, 0, 0, 0, 0]);
});

test('a ramp is correct from means alone, because each block gets the slope of its neighbors', () => {
  // Blocks with means 0, 8, 16, …; cells of 1.5 blocks.
  const edges = Float64Array.of(8, 20, 32, 44, 56);
  const { first, count, start, weights } = areaWeights(8, edges, whole, 1);
  const sums = new Float64Array(4);
  for (let block = 0; block < 8; block++) {
    const coefficient = block * 8 * 2 * Math.SQRT2;
    for (let i = 0; i < count[block]!; i++) sums[first[block]! + i]! += coefficient * weights[start[block]! + i * 8]!;
  }
  assert.deepEqual(
    [...sums].map((sum) => Math.round(sum * 1000) / 1000),
    [10, 22, 34, 46],
  );
});
