/** How the cells of the small image cover the pixels of the large one. */
import type { InputContract } from '../input-contract.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Target = Pick<InputContract, 'height' | 'width' | 'channels' | 'fit'>;

/** One axis: how cells cover pixels, in a unit that measures both as integers. */
export interface CellAxis {
  /** Units per pixel, and per cell. */
  readonly pixel: number;
  readonly cell: number;
  /** Units before the first cell. */
  readonly start: number;
  /** By cell: the first and last pixel under it. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** By cell: units of its first pixel before the cell, and units of its last pixel after the cell. */
  readonly before: Float64Array;
  readonly after: Float64Array;
}

export function cellGrid(source: Size, target: Target): { columns: CellAxis; rows: CellAxis } {
  // `cover` crops both ends of the longer axis, relative to the aspect ratio of the target.
  const excess = target.fit === 'cover' ? source.width * target.height - source.height * target.width : 0;
  return {
    columns:
      excess > 0 ? cropped(excess, source.height, target.height, target.width) : whole(source.width, target.width),
    rows:
      excess < 0 ? cropped(-excess, source.width, target.width, target.height) : whole(source.height, target.height),
  };
}

/** The first and last cell that cover a pixel. If last < first, the pixel is cropped. */
export function cellsOver({ pixel, cell, start, first }: CellAxis, at: number): { from: number; to: number } {
  const begin = at * pixel - start;
  return {
    from: Math.max(0, Math.floor(begin / cell)),
    to: Math.min(first.length - 1, Math.ceil((begin + pixel) / cell) - 1),
  };
}

/** The whole axis. A unit is 1/cells of a pixel. */
function whole(pixels: number, cells: number): CellAxis {
  return axis(cells, pixels, 0, cells);
}

/**
 * The centered part of an axis whose cells have the size of those on the other, uncropped axis: otherPixels / otherCells
 * pixels. A unit is half of 1/otherCells of a pixel, because the excess is split between both ends.
 */
function cropped(excess: number, otherPixels: number, otherCells: number, cells: number): CellAxis {
  return axis(2 * otherCells, 2 * otherPixels, excess, cells);
}

function axis(pixel: number, cell: number, start: number, cells: number): CellAxis {
  const first = new Int32Array(cells);
  const last = new Int32Array(cells);
  const before = new Float64Array(cells);
  const after = new Float64Array(cells);
  for (let i = 0; i < cells; i++) {
    const from = start + i * cell;
    const to = from + cell;
    first[i] = Math.floor(from / pixel);
    last[i] = Math.ceil(to / pixel) - 1;
    before[i] = from - first[i]! * pixel;
    after[i] = (last[i]! + 1) * pixel - to;
  }
  return { pixel, cell, start, first, last, before, after };
}
