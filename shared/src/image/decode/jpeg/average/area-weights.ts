/**
 * How much each coefficient of a block adds to the mean of each cell: the core of this decoder.
 *
 * The inverse DCT (ITU-T T.81, A.3.3), upsampling and the mean over a rectangle are linear, and each is separable into
 * columns and rows. So a coefficient with the frequencies u and v adds
 *
 *     coefficient x columnWeight[cell][u] x rowWeight[cell][v]
 *
 * to a cell, and neither samples nor pixels are ever computed. A block within a single cell adds only its DC coefficient,
 * because the cosines of the other frequencies have a mean of zero.
 */
import type { Upsampling } from './upsampling.ts';

/** Which cells each block of a component overlaps in one direction, and with what weights. */
export interface AreaWeights {
  /** By block: the first cell and the number of cells, which is 0 for a block that the target crops. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** By block: index of its first weight. Each cell has 8 weights, by frequency. */
  readonly start: Int32Array;
  /** By block: the cell that contains all of it, or -1, and the weight of frequency 0, which is then the only one needed. */
  readonly onlyCell: Int32Array;
  readonly onlyCellWeight: Float32Array;
  /** By block: 1 if frequencies above 0 contribute. */
  readonly ac: Uint8Array;
  readonly weights: Float32Array;
}

/** cos(i x pi / 16), exact to the last bit. Written out because the result of `Math.cos` may differ between engines. */
const COSINES = [
  1,
  0.9807852804032304,
  0.9238795325112867,
  0.8314696123025452,
  Math.SQRT1_2,
  0.5555702330196022,
  0.3826834323650898,
  0.19509032201612828,
  0,
];

function cosine(i: number): number {
  const turned = i % 32;
  const folded = turned > 16 ? 32 - turned : turned;
  return folded > 8 ? -COSINES[16 - folded]! : COSINES[folded]!;
}

/** By u * 8 + x: what a coefficient of 1 with frequency u adds to sample x. */
export const BASIS = Float64Array.from({ length: 64 }, (_, i) => {
  const u = i >> 3;
  return u === 0 ? COSINES[4]! / 2 : cosine((2 * (i & 7) + 1) * u) / 2;
});

/** Weights below this are rounding errors of zero. */
const MAX_ROUNDING_ERROR = 1e-9;

/** With 4 pixels per sample a block overlaps 8 x 4 one-pixel cells; with 1 frequency, three times its length. */
export const MAX_CELLS_PER_BLOCK = 128;

/**
 * @param blocks in this direction, including those that only complete MCUs
 * @param edges of the cells, in pixels; cells are at least one pixel wide
 * @param frequencies 8, or fewer if the higher ones are not read. With 1, the slope of a block is estimated from the means
 * of its neighbors
 */
export function areaWeights(
  blocks: number,
  edges: Float64Array,
  upsampling: Upsampling,
  frequencies: number,
): AreaWeights {
  const first = new Int32Array(blocks);
  const count = new Int32Array(blocks);
  const start = new Int32Array(blocks);
  const onlyCell = new Int32Array(blocks).fill(-1);
  const onlyCellWeight = new Float32Array(blocks);
  const ac = new Uint8Array(blocks);
  const store = new WeightStore();
  const vectors = new Float64Array(MAX_CELLS_PER_BLOCK * 8);
  const { samples, factor, largestFactor } = upsampling;
  const cells = edges.length - 1;
  const lastBlock = (samples - 1) >> 3;
  // The slope depends on the neighbor's samples, the triangle filter on the next sample.
  const margin = frequencies === 1 ? 9 : 1;
  let cellHint = 0;

  for (let block = 0; block <= lastBlock; block++) {
    const from = Math.max(
      Math.floor(edges[0]!),
      Math.floor(((block * 8 - margin) * largestFactor) / factor) - largestFactor,
    );
    const to = Math.min(
      Math.ceil(edges[cells]!),
      Math.ceil(((block * 8 + 8 + margin) * largestFactor) / factor) + largestFactor,
    );
    while (cellHint > 0 && edges[cellHint]! > from) cellHint--;
    while (cellHint < cells - 1 && edges[cellHint + 1]! <= from) cellHint++;
    let lowest = -1;
    let highest = -1;
    for (let pixel = from, cell = cellHint; pixel < to; pixel++) {
      while (cell < cells && edges[cell + 1]! <= pixel) cell++;
      for (let under = cell; under < cells && edges[under]! < pixel + 1; under++) {
        const begin = edges[under]!;
        const end = edges[under + 1]!;
        const share = (Math.min(end, pixel + 1) - Math.max(begin, pixel)) / (end - begin);
        if (!reaches(upsampling, pixel, block, frequencies)) continue;
        if (lowest < 0) lowest = under;
        highest = under;
        addPixel(upsampling, pixel, share, block, frequencies, vectors, (under - lowest) * 8);
      }
    }
    if (lowest < 0) continue;
    const used = vectors.subarray(0, (highest - lowest + 1) * 8);
    ac[block] = used.some((weight, i) => i % 8 !== 0 && Math.abs(weight) > MAX_ROUNDING_ERROR) ? 1 : 0;
    first[block] = lowest;
    count[block] = highest - lowest + 1;
    start[block] = store.put(used);
    if (lowest === highest && ac[block] === 0) {
      onlyCell[block] = lowest;
      onlyCellWeight[block] = used[0]!;
    }
    used.fill(0);
  }
  return { first, count, start, onlyCell, onlyCellWeight, ac, weights: store.weights() };
}

/** The sample that contributes most to a pixel. */
function nearSample(upsampling: Upsampling, pixel: number): number {
  return Math.min(upsampling.samples - 1, Math.floor((pixel * upsampling.factor) / upsampling.largestFactor));
}

function farSample({ samples }: Upsampling, pixel: number): number {
  return Math.min(Math.max((pixel >> 1) + (pixel & 1 ? 1 : -1), 0), samples - 1);
}

function reaches(upsampling: Upsampling, pixel: number, block: number, frequencies: number): boolean {
  const distance = frequencies === 1 ? 1 : 0;
  if (Math.abs((nearSample(upsampling, pixel) >> 3) - block) <= distance) return true;
  return upsampling.triangle && Math.abs((farSample(upsampling, pixel) >> 3) - block) <= distance;
}

function addPixel(
  upsampling: Upsampling,
  pixel: number,
  share: number,
  block: number,
  frequencies: number,
  vectors: Float64Array,
  at: number,
): void {
  const last = (upsampling.samples - 1) >> 3;
  if (!upsampling.triangle) {
    addSample(nearSample(upsampling, pixel), share, block, frequencies, vectors, at, last);
    return;
  }
  addSample(nearSample(upsampling, pixel), share * 0.75, block, frequencies, vectors, at, last);
  addSample(farSample(upsampling, pixel), share * 0.25, block, frequencies, vectors, at, last);
}

function addSample(
  sample: number,
  share: number,
  block: number,
  frequencies: number,
  vectors: Float64Array,
  at: number,
  last: number,
): void {
  const own = sample >> 3;
  const x = sample & 7;
  if (frequencies > 1) {
    if (own !== block) return;
    for (let u = 0; u < frequencies; u++) vectors[at + u]! += share * BASIS[u * 8 + x]!;
    return;
  }
  // The centers of the two neighbors are 16 samples apart.
  const slope = (x - 3.5) / 16;
  const neighbors =
    (own === block ? 1 : 0) +
    (Math.min(own + 1, last) === block ? slope : 0) -
    (Math.max(own - 1, 0) === block ? slope : 0);
  vectors[at]! += share * BASIS[0]! * neighbors;
}

/** A growing array of weights. Equal weights of consecutive blocks are stored once. */
class WeightStore {
  #weights = new Float32Array(1024);
  #length = 0;
  #previous = 0;

  /** @returns index of the first weight */
  put(weights: Float64Array): number {
    if (this.#length + weights.length > this.#weights.length) {
      const larger = new Float32Array(2 * this.#weights.length + weights.length);
      larger.set(this.#weights.subarray(0, this.#length));
      this.#weights = larger;
    }
    const stored = this.#weights;
    let same = this.#length - this.#previous === weights.length;
    for (let i = 0; i < weights.length; i++) {
      // Rounding errors become exact zeros, so that additions of zero can be skipped.
      const at = this.#length + i;
      stored[at] = Math.abs(weights[i]!) > MAX_ROUNDING_ERROR ? weights[i]! : 0;
      same = same && stored[at] === stored[this.#previous + i];
    }
    if (same) return this.#previous;
    this.#previous = this.#length;
    this.#length += weights.length;
    return this.#previous;
  }

  weights(): Float32Array {
    return this.#weights.slice(0, this.#length);
  }
}
