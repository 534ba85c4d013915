/**
 * The cells into which the image is summed before colors are converted, and how they make up the target's pixels.
 *
 * A mean is linear in the coefficients, but clamping colors and applying the black of CMYK are not. So they are done on
 * cells that may be smaller than the target's pixels: fractions of these or, if the image is small, its own pixels. In the
 * latter case the result equals that of a decoder of complete images. Cells are never smaller than pixels, so enlarging
 * needs no special case.
 */
import { type CellAxis, cellGrid, type Size, type Target } from '../../../area-average/cell-grid.ts';

/** One direction. */
export interface GridAxis {
  /** Where each cell begins, in pixels of the image, ascending, and where the last one ends. */
  readonly edges: Float64Array;
  /** By target pixel: its first cell, the number of cells that overlap it, and the index of their first share. */
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly start: Int32Array;
  /** By target pixel; the shares of each pixel add up to 1. */
  readonly shares: Float64Array;
}

export interface Grid {
  /** Whether all cells are pixels of the image. */
  readonly pixels: boolean;
  readonly columns: GridAxis;
  readonly rows: GridAxis;
}

/** Length of the shorter side of a target pixel, in pixels of the image. Below 1 if the image is enlarged. */
export function pixelsPerTargetPixel(source: Size, target: Target): number {
  const { columns, rows } = cellGrid(source, target);
  return Math.min(columns.cell / columns.pixel, rows.cell / rows.pixel);
}

/** Maximum number of cells, if they are pixels of the image, or parts of target pixels. Whole target pixels are always allowed. */
export interface CellLimits {
  readonly pixels: number;
  readonly parts: number;
}

/** Uses the image's own pixels if they are few enough, otherwise as many parts of the target's pixels as allowed. */
export function layOutGrid(source: Size, target: Target, limits: CellLimits): Grid {
  const { columns, rows } = cellGrid(source, target);
  const [across, down] = [pixelsUnder(columns, source.width), pixelsUnder(rows, source.height)];
  if ((across.to - across.from) * (down.to - down.from) <= limits.pixels) {
    return { pixels: true, columns: gridAxis(columns, pixelEdges(across)), rows: gridAxis(rows, pixelEdges(down)) };
  }
  const parts = Math.max(1, Math.floor(Math.sqrt(limits.parts / (target.width * target.height))));
  const edges = (axis: CellAxis, pixels: PixelRange) =>
    axis.cell / parts < axis.pixel ? pixelEdges(pixels) : partEdges(axis, parts);
  return { pixels: false, columns: gridAxis(columns, edges(columns, across)), rows: gridAxis(rows, edges(rows, down)) };
}

/** Pixels that the target shows at least in part. */
interface PixelRange {
  readonly from: number;
  readonly to: number;
}

function pixelsUnder({ first, last }: CellAxis, pixels: number): PixelRange {
  return { from: first[0]!, to: Math.min(pixels, last[last.length - 1]! + 1) };
}

function pixelEdges({ from, to }: PixelRange): Float64Array {
  return Float64Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function partEdges({ pixel, cell, start, first }: CellAxis, parts: number): Float64Array {
  return Float64Array.from(
    { length: first.length * parts + 1 },
    (_, i) => (start * parts + i * cell) / (pixel * parts),
  );
}

/** The shares of the cells between these edges in the target's pixels. */
function gridAxis({ pixel, cell, start: cut, first: firstPixels }: CellAxis, edges: Float64Array): GridAxis {
  const first = new Int32Array(firstPixels.length);
  const count = new Int32Array(first.length);
  const start = new Int32Array(first.length);
  const shares: number[] = [];
  let at = 0;
  for (let i = 0; i < first.length; i++) {
    const from = (cut + i * cell) / pixel;
    const to = (cut + (i + 1) * cell) / pixel;
    while (edges[at + 1]! <= from) at++;
    first[i] = at;
    start[i] = shares.length;
    for (let next = at; next < edges.length - 1 && edges[next]! < to; next++) {
      shares.push((Math.min(to, edges[next + 1]!) - Math.max(from, edges[next]!)) / (to - from));
      count[i]!++;
    }
  }
  return { edges, first, count, start, shares: Float64Array.from(shares) };
}

/**
 * Averages cells into one row of the target.
 *
 * @param cells values of all cells, row by row
 * @param to values [width, channels] of the target's row; only channel `channel` is written
 */
export function averageRow(
  { columns, rows }: Grid,
  y: number,
  cells: Float32Array,
  to: Float64Array,
  channel: number,
  channels: number,
): void {
  const across = columns.edges.length - 1;
  const rowCount = rows.count[y]!;
  const rowStart = rows.start[y]!;
  for (let x = 0, at = channel; x < columns.first.length; x++, at += channels) {
    const columnCount = columns.count[x]!;
    const columnStart = columns.start[x]!;
    let sum = 0;
    for (let j = 0; j < rowCount; j++) {
      const from = (rows.first[y]! + j) * across + columns.first[x]!;
      let line = 0;
      for (let i = 0; i < columnCount; i++) line += cells[from + i]! * columns.shares[columnStart + i]!;
      sum += line * rows.shares[rowStart + j]!;
    }
    to[at] = sum;
  }
}
