/**
 * A picture of any size → the small picture that a model eats: every target cell becomes the mean of the source area
 * under it, pixels on its border counted by the part that lies inside.
 *
 * All sums are of whole numbers below 2^53 (borders are measured in fractions that both grids share), so they are exact
 * in float64 whatever their order: each engine, each orientation and each crop gives the same bytes.
 */
import type { InputContract } from './input-contract.ts';

/** 8-bit RGBA with straight alpha, [height, width, 4]; what a browser calls ImageData. */
export interface RgbaPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export type Target = Pick<InputContract, 'height' | 'width' | 'channels' | 'fit'>;

/**
 * Transparent parts turn white before they are averaged. Grey is the BT.601 luma of the mean colour. Rounds once, half
 * up. Enlarges too: a cell inside one pixel takes its colour. Memory beyond source and result: three rows of cells.
 *
 * @param source up to 10^8 pixels stay exact
 * @returns [height, width, channels], 0-255
 * @throws {RangeError} when the data are not width x height x 4 bytes
 */
export function areaAverage(source: RgbaPicture, target: Target): Uint8Array<ArrayBuffer> {
  if (source.width < 1 || source.height < 1 || source.data.length !== source.width * source.height * 4) {
    throw new RangeError(`${source.data.length} bytes are not ${source.width} x ${source.height} RGBA pixels`);
  }
  const { columns, rows } = overlaps(source, target);
  const cells = target.width * 3;
  const line = new Float64Array(cells);
  let lineOf = -1;
  const sums = new Float64Array(cells);
  const pixels = new Uint8Array(target.height * target.width * target.channels);
  const write = target.channels === 3 ? writeRgb : writeGrey;
  // The 255 are alpha's, as sumLine leaves it.
  const weight = columns.cell * rows.cell * 255;
  for (let y = 0; y < target.height; y++) {
    const first = rows.first[y]!;
    const last = rows.last[y]!;
    sums.fill(0);
    for (let row = first; row <= last; row++) {
      // A row on the border of two cells is needed twice, and when enlarging many times.
      if (row !== lineOf) sumLine(source, row, columns, line);
      lineOf = row;
      let share = rows.pixel;
      if (row === first) share -= rows.before[y]!;
      if (row === last) share -= rows.behind[y]!;
      for (let i = 0; i < cells; i++) sums[i]! += line[i]! * share;
    }
    write(sums, weight, pixels, y * target.width * target.channels);
  }
  return pixels;
}

/** How the cells of one axis lie on its pixels, in units that measure both in whole numbers. */
interface Overlap {
  /** Units of a whole pixel, and of a whole cell. */
  readonly pixel: number;
  readonly cell: number;
  /** By cell: the first and last pixel under it. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** By cell: units of the first pixel that lie before the cell, and of the last one that lie behind it. */
  readonly before: Float64Array;
  readonly behind: Float64Array;
}

function overlaps(source: RgbaPicture, target: Target): { columns: Overlap; rows: Overlap } {
  // `cover`: the source is wider than the target when its width over its height is larger; that side loses both ends.
  const excess = target.fit === 'cover' ? source.width * target.height - source.height * target.width : 0;
  return {
    columns:
      excess > 0 ? cropped(excess, source.height, target.height, target.width) : whole(source.width, target.width),
    rows:
      excess < 0 ? cropped(-excess, source.width, target.width, target.height) : whole(source.height, target.height),
  };
}

/** The whole axis: a unit is 1/cells of a pixel. */
function whole(pixels: number, cells: number): Overlap {
  return overlap(cells, pixels, 0, cells);
}

/**
 * The centred part of an axis whose cells are as large as those of the other, uncropped axis: otherPixels / otherCells
 * of a pixel. A unit is half of 1/otherCells of a pixel, as what is cut off is halved between both ends.
 */
function cropped(excess: number, otherPixels: number, otherCells: number, cells: number): Overlap {
  return overlap(2 * otherCells, 2 * otherPixels, excess, cells);
}

function overlap(pixel: number, cell: number, start: number, cells: number): Overlap {
  const first = new Int32Array(cells);
  const last = new Int32Array(cells);
  const before = new Float64Array(cells);
  const behind = new Float64Array(cells);
  for (let i = 0; i < cells; i++) {
    const from = start + i * cell;
    const to = from + cell;
    first[i] = Math.floor(from / pixel);
    last[i] = Math.ceil(to / pixel) - 1;
    before[i] = from - first[i]! * pixel;
    behind[i] = (last[i]! + 1) * pixel - to;
  }
  return { pixel, cell, first, last, before, behind };
}

/** One source row, on white, summed into the target's columns: line[x * 3 + channel], a unit of white as 255 x 255. */
function sumLine({ data, width }: RgbaPicture, row: number, columns: Overlap, line: Float64Array): void {
  const { pixel, first, last, before, behind } = columns;
  for (let x = 0; x < first.length; x++) {
    const begin = (row * width + first[x]!) * 4;
    const end = (row * width + last[x]!) * 4;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = begin; i <= end; i += 4) {
      let share = pixel;
      if (i === begin) share -= before[x]!;
      if (i === end) share -= behind[x]!;
      const alpha = data[i + 3]! * share;
      const white = (255 * share - alpha) * 255;
      red += data[i]! * alpha + white;
      green += data[i + 1]! * alpha + white;
      blue += data[i + 2]! * alpha + white;
    }
    line[x * 3] = red;
    line[x * 3 + 1] = green;
    line[x * 3 + 2] = blue;
  }
}

function writeRgb(sums: Float64Array, weight: number, pixels: Uint8Array, at: number): void {
  for (let i = 0; i < sums.length; i++) pixels[at + i] = Math.floor(sums[i]! / weight + 0.5);
}

/** ITU-R BT.601-7, 2.5.1: luma of the gamma-encoded values, in thousandths to stay with whole numbers. */
function writeGrey(sums: Float64Array, weight: number, pixels: Uint8Array, at: number): void {
  for (let i = 0, to = at; i < sums.length; i += 3) {
    const luma = 299 * sums[i]! + 587 * sums[i + 1]! + 114 * sums[i + 2]!;
    pixels[to++] = Math.floor(luma / (1000 * weight) + 0.5);
  }
}
