/** One color component while it is decoded: its place in the image, and the sums of its cells. */
import type { BlockLayout, ComponentHeader } from '../bitstream/frame.ts';
import { ZIGZAG } from '../bitstream/quantization.ts';
import type { CoefficientBand } from '../scan/coefficient-band.ts';
import { type AreaWeights, MAX_CELLS_PER_BLOCK } from './area-weights.ts';
import type { Upsampling } from './upsampling.ts';

export interface Component extends ComponentHeader, BlockLayout {
  /** Place in the frame. */
  readonly index: number;
  readonly columns: AreaWeights;
  readonly rows: AreaWeights;
  /** Cells in a row of the grid. */
  readonly cellsAcross: number;
  /** By cell: the mean, without the level shift of 128 (A.3.1), of all that was added until now. */
  readonly sums: Float32Array;
  /**
   * By rows.ac << 1 | columns.ac of a block: 1 for each k in zigzag order that counts, and the last of these. The DC
   * coefficient is not among them, as it always counts.
   */
  readonly isUsed: readonly Uint8Array[];
  readonly lastUsed: readonly number[];
  /** Cells that a block touches on average: what a coefficient costs. */
  readonly cellsPerBlock: number;
  readonly upsampling: { readonly columns: Upsampling; readonly rows: Upsampling };
  /** What several scans give together; null where one scan has all. */
  readonly band: CoefficientBand | null;
  /** By k, the bit position down to which the coefficient was given; -1 where it was not. */
  readonly precision: Int8Array;
  /** In zigzag order; those in force at the component's first scan (B.2.4.1). */
  quantizationTable: Float64Array;
  /**
   * v * 8 + u: what the block that is being read has given until now, where adding blocks as a whole is cheaper (see
   * `flushPending`); and, as bits, which v are not zero.
   */
  readonly pending: Float64Array | null;
  pendingRows: number;
}

/** By straddling (see `wanted`): which coefficients count when only the first few frequencies of each direction do. */
export function usedCoefficients(frequencies: number): Uint8Array[] {
  return [0, 1, 2, 3].map((straddles) =>
    Uint8Array.from(ZIGZAG, (place, k) => {
      const inColumns = (place & 7) < (straddles & 1 ? frequencies : 1);
      const inRows = place >> 3 < (straddles & 2 ? frequencies : 1);
      return k > 0 && inColumns && inRows ? 1 : 0;
    }),
  );
}

/**
 * Adds a coefficient to the cells that its block touches.
 *
 * @param place v * 8 + u
 * @param value multiplied by its quantization step
 */
export function addCoefficient(c: Component, column: number, row: number, place: number, value: number): void {
  if (c.pending) {
    c.pending[place]! += value;
    c.pendingRows |= 1 << (place >> 3);
    return;
  }
  const { columns, rows, sums } = c;
  const across = columns.weights;
  const down = rows.weights;
  const columnCount = columns.count[column]!;
  const firstAcross = columns.start[column]! + (place & 7);
  let y = rows.start[row]! + (place >> 3);
  let to = rows.first[row]! * c.cellsAcross + columns.first[column]!;
  for (let j = rows.count[row]!; j > 0; j--, y += 8, to += c.cellsAcross) {
    const scaled = value * down[y]!;
    if (scaled === 0) continue;
    let x = firstAcross;
    for (let i = 0; i < columnCount; i++, x += 8) sums[to + i]! += scaled * across[x]!;
  }
}

/** The same for a DC coefficient. */
export function addDc(c: Component, column: number, row: number, value: number): void {
  if (!addWithinCell(c, column, row, value)) addCoefficient(c, column, row, 0, value);
}

/**
 * The same for a block within one cell, as most of a large image are: no other coefficient of it counts.
 *
 * @returns whether it is such a block; where not, nothing was added
 */
export function addWithinCell(c: Component, column: number, row: number, dc: number): boolean {
  const { columns, rows } = c;
  const across = columns.onlyCell[column]!;
  const down = rows.onlyCell[row]!;
  if ((across | down) < 0 || c.pending) return false;
  c.sums[down * c.cellsAcross + across]! += dc * rows.onlyCellWeight[row]! * columns.onlyCellWeight[column]!;
  return true;
}

/** Cells per block from which on a block's coefficients are gathered. */
export const MIN_CELLS_TO_BUFFER = 12;

/** By cell of the block's columns: the sum for one v. */
const columnSums = new Float64Array(MAX_CELLS_PER_BLOCK);

/** Adds a gathered block, columns before rows: with many cells that is less than each coefficient by itself. */
export function flushPending(c: Component, column: number, row: number): void {
  const block = c.pending!;
  const { columns, rows, sums } = c;
  const across = columns.weights;
  const down = rows.weights;
  const columnCount = columns.count[column]!;
  const rowCount = rows.count[row]!;
  const firstAcross = columns.start[column]!;
  const firstDown = rows.start[row]!;
  const firstCell = rows.first[row]! * c.cellsAcross + columns.first[column]!;
  for (let v = 0; v < 8; v++) {
    if ((c.pendingRows & (1 << v)) === 0) continue;
    const at = v * 8;
    let last = 7;
    while (block[at + last] === 0 && last > 0) last--;
    for (let i = 0, x = firstAcross; i < columnCount; i++, x += 8) {
      let sum = 0;
      for (let u = 0; u <= last; u++) sum += block[at + u]! * across[x + u]!;
      columnSums[i] = sum;
    }
    for (let u = 0; u <= last; u++) block[at + u] = 0;
    for (let j = 0, y = firstDown + v, to = firstCell; j < rowCount; j++, y += 8, to += c.cellsAcross) {
      const weight = down[y]!;
      if (weight === 0) continue;
      for (let i = 0; i < columnCount; i++) sums[to + i]! += weight * columnSums[i]!;
    }
  }
  c.pendingRows = 0;
}

/** Forgets a block that broke off. */
export function dropPending(c: Component): void {
  c.pending?.fill(0);
  c.pendingRows = 0;
}

/** Of a block within its component's band. */
export function blockIndex({ vertical, paddedAcross }: Component, column: number, row: number): number {
  return (row % vertical) * paddedAcross + column;
}
