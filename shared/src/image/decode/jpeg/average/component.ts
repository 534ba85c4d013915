/** A color component during decoding: its layout in the image, and the sums of its cells. */
import type { BlockLayout, ComponentHeader } from '../bitstream/frame.ts';
import { ZIGZAG } from '../bitstream/quantization.ts';
import type { CoefficientBand } from '../scan/coefficient-band.ts';
import { type AreaWeights, MAX_CELLS_PER_BLOCK } from './area-weights.ts';
import type { Upsampling } from './upsampling.ts';

export interface Component extends ComponentHeader, BlockLayout {
  /** Index in the frame. */
  readonly index: number;
  readonly columns: AreaWeights;
  readonly rows: AreaWeights;
  /** Cells in a row of the grid. */
  readonly cellsAcross: number;
  /** By cell: the mean of everything added so far, before the level shift of 128 (A.3.1). */
  readonly sums: Float32Array;
  /**
   * By rows.ac << 1 | columns.ac of a block: 1 for each AC coefficient k, in zigzag order, that contributes to the cells,
   * and the last such k.
   */
  readonly isUsed: readonly Uint8Array[];
  readonly lastUsed: readonly number[];
  /** Cells that a block overlaps on average: the cost of a coefficient. */
  readonly cellsPerBlock: number;
  readonly upsampling: { readonly columns: Upsampling; readonly rows: Upsampling };
  /** Coefficients that are spread over several scans. Null if one scan has all. */
  readonly band: CoefficientBand | null;
  /** By k: the lowest bit position of the coefficient that was read, or -1 for none. */
  readonly precision: Int8Array;
  /** In zigzag order. The table in force at the first scan of the component (B.2.4.1). */
  quantizationTable: Float64Array;
  /**
   * The coefficients of the current block, by v * 8 + u, if adding complete blocks is cheaper (see `flushPending`);
   * otherwise null. `pendingRows`: as bits, which v are not zero.
   */
  readonly pending: Float64Array | null;
  pendingRows: number;
}

/** By rows.ac << 1 | columns.ac: which AC coefficients contribute if only the first `frequencies` of each direction do. */
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
 * Adds a coefficient to the cells that its block overlaps.
 *
 * @param place v * 8 + u
 * @param value dequantized
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

/** Like `addCoefficient`, for a DC coefficient. */
export function addDc(c: Component, column: number, row: number, value: number): void {
  if (!addWithinCell(c, column, row, value)) addCoefficient(c, column, row, 0, value);
}

/**
 * Like `addDc`, for a block within a single cell. Most blocks of a large image are, and none of their other coefficients
 * contributes.
 *
 * @returns false if it is not such a block; then nothing was added
 */
export function addWithinCell(c: Component, column: number, row: number, dc: number): boolean {
  const { columns, rows } = c;
  const across = columns.onlyCell[column]!;
  const down = rows.onlyCell[row]!;
  if ((across | down) < 0 || c.pending) return false;
  c.sums[down * c.cellsAcross + across]! += dc * rows.onlyCellWeight[row]! * columns.onlyCellWeight[column]!;
  return true;
}

/** From this many cells per block on, the coefficients of a block are buffered and added together. */
export const MIN_CELLS_TO_BUFFER = 12;

/** By cell in the direction of the columns: the sum for one v. */
const columnSums = new Float64Array(MAX_CELLS_PER_BLOCK);

/** Adds the pending block, columns before rows. With many cells this is cheaper than adding each coefficient separately. */
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

/** Discards a block that could not be read completely. */
export function dropPending(c: Component): void {
  c.pending?.fill(0);
  c.pendingRows = 0;
}

/** Index of a block within the band of its component. */
export function blockIndex({ vertical, paddedAcross }: Component, column: number, row: number): number {
  return (row % vertical) * paddedAcross + column;
}
