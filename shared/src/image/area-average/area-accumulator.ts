/**
 * The area average, fed row by row: every target cell is the mean of the source area that it covers, with pixels on its
 * border weighted by the covered part. Holds the sums of all cells (18 bytes each) and not the image.
 *
 * All sums are of integers below 2^53 (borders are measured in a unit that both grids share), so they are exact in any
 * order: every engine, orientation, crop and interlacing gives the same bytes.
 */
import type { ColorTransform } from '../color/color-transform.ts';
import { type CellAxis, cellGrid, cellsOver, type Size, type Target } from './cell-grid.ts';

const WORD = 2 ** 32;

/** White at full alpha. */
const WHITE = 255 * 255;

export class AreaAccumulator {
  readonly #target: Target;
  readonly #columns: CellAxis;
  readonly #rows: CellAxis;
  /** One source row, summed into the target's columns: [width, 3]. White is 255 x 255 per unit. */
  readonly #line: Float64Array;
  /** [height, width, 3]: the lower 32 bits of each sum, and the upper bits. */
  readonly #lower: Uint32Array;
  readonly #upper: Uint16Array | Uint32Array;

  /** @param source exact for up to 10^8 pixels */
  constructor(source: Size, target: Target) {
    this.#target = target;
    const { columns, rows } = cellGrid(source, target);
    this.#columns = columns;
    this.#rows = rows;
    this.#line = new Float64Array(target.width * 3);
    this.#lower = new Uint32Array(target.height * target.width * 3);
    // Only crops to an aspect ratio above 21 need more bits, and those have few cells.
    const maxSum = WHITE * columns.cell * rows.cell;
    this.#upper = maxSum < WORD * 2 ** 16 ? new Uint16Array(this.#lower.length) : new Uint32Array(this.#lower.length);
  }

  /**
   * Adds pixels of one row, composited on white. Every pixel of the source must be added exactly once, in any order.
   *
   * @param y index of the row in the source
   * @param rgba straight alpha; may be longer than the row
   * @param start column of the first pixel given, and @param step from one to the next: an interlaced image has gaps
   */
  addRow(y: number, rgba: Uint8Array | Uint8ClampedArray, start = 0, step = 1): void {
    const { first, last, pixel, before, after } = this.#rows;
    const { from, to } = cellsOver(this.#rows, y);
    if (from > to) return;
    const line = this.#line;
    if (step === 1 && start === 0) sumLine(rgba, this.#columns, line);
    else sumSparseLine(rgba, this.#columns, start, step, line);
    const lower = this.#lower;
    const upper = this.#upper;
    for (let cell = from; cell <= to; cell++) {
      let share = pixel;
      if (y === first[cell]) share -= before[cell]!;
      if (y === last[cell]) share -= after[cell]!;
      for (let i = 0, at = cell * line.length; i < line.length; i++, at++) {
        // Below 2^53, so exact in float64.
        const sum = lower[at]! + line[i]! * share;
        const carried = Math.floor(sum / WORD);
        lower[at] = sum - carried * WORD;
        upper[at]! += carried;
      }
    }
  }

  /**
   * Rounds once, half up. Gray is the BT.601 luma of the mean color.
   *
   * @param toSrgb converts the mean colors before rounding
   * @returns [height, width, channels], 0-255
   */
  finish(toSrgb?: ColorTransform): Uint8Array<ArrayBuffer> {
    const { height, width, channels } = this.#target;
    // The factor 255 comes from alpha.
    const weight = this.#columns.cell * this.#rows.cell * 255;
    const pixels = new Uint8Array(height * width * channels);
    const row = this.#line;
    for (let y = 0; y < height; y++) {
      for (let i = 0, at = y * row.length; i < row.length; i++, at++) {
        row[i] = this.#upper[at]! * WORD + this.#lower[at]!;
      }
      if (toSrgb) {
        for (let i = 0; i < row.length; i++) row[i]! /= weight;
        toSrgb(row);
      }
      const to = y * width * channels;
      if (channels === 3) writeRgb(row, toSrgb ? 1 : weight, pixels, to);
      else writeGray(row, toSrgb ? 1 : weight, pixels, to);
    }
    return pixels;
  }
}

/** A row without gaps. */
function sumLine(rgba: Uint8Array | Uint8ClampedArray, columns: CellAxis, line: Float64Array): void {
  const { pixel, first, last, before, after } = columns;
  for (let x = 0; x < first.length; x++) {
    const begin = first[x]! * 4;
    const end = last[x]! * 4;
    // Opaque pixels, by far the most common, are summed separately, as integers.
    let red = 0;
    let green = 0;
    let blue = 0;
    let mixedRed = 0;
    let mixedGreen = 0;
    let mixedBlue = 0;
    for (let i = begin + 4; i < end; i += 4) {
      const alpha = rgba[i + 3]!;
      if (alpha === 255) {
        red += rgba[i]!;
        green += rgba[i + 1]!;
        blue += rgba[i + 2]!;
      } else {
        const white = (255 - alpha) * 255;
        mixedRed += rgba[i]! * alpha + white;
        mixedGreen += rgba[i + 1]! * alpha + white;
        mixedBlue += rgba[i + 2]! * alpha + white;
      }
    }
    const firstShare = begin === end ? pixel - before[x]! - after[x]! : pixel - before[x]!;
    const lastShare = begin === end ? 0 : pixel - after[x]!;
    const firstWhite = (255 - rgba[begin + 3]!) * 255;
    const lastWhite = (255 - rgba[end + 3]!) * 255;
    const firstAlpha = rgba[begin + 3]!;
    const lastAlpha = rgba[end + 3]!;
    line[x * 3] =
      (red * 255 + mixedRed) * pixel +
      (rgba[begin]! * firstAlpha + firstWhite) * firstShare +
      (rgba[end]! * lastAlpha + lastWhite) * lastShare;
    line[x * 3 + 1] =
      (green * 255 + mixedGreen) * pixel +
      (rgba[begin + 1]! * firstAlpha + firstWhite) * firstShare +
      (rgba[end + 1]! * lastAlpha + lastWhite) * lastShare;
    line[x * 3 + 2] =
      (blue * 255 + mixedBlue) * pixel +
      (rgba[begin + 2]! * firstAlpha + firstWhite) * firstShare +
      (rgba[end + 2]! * lastAlpha + lastWhite) * lastShare;
  }
}

/** A row with only the columns start, start + step, … */
function sumSparseLine(
  rgba: Uint8Array | Uint8ClampedArray,
  columns: CellAxis,
  start: number,
  step: number,
  line: Float64Array,
): void {
  const { pixel, first, last, before, after } = columns;
  for (let x = 0; x < first.length; x++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    let index = Math.max(0, Math.ceil((first[x]! - start) / step));
    for (let column = start + index * step; column <= last[x]!; column += step, index++) {
      let share = pixel;
      if (column === first[x]) share -= before[x]!;
      if (column === last[x]) share -= after[x]!;
      const i = index * 4;
      const alpha = rgba[i + 3]! * share;
      const white = (255 * share - alpha) * 255;
      red += rgba[i]! * alpha + white;
      green += rgba[i + 1]! * alpha + white;
      blue += rgba[i + 2]! * alpha + white;
    }
    line[x * 3] = red;
    line[x * 3 + 1] = green;
    line[x * 3 + 2] = blue;
  }
}

function writeRgb(sums: Float64Array, weight: number, pixels: Uint8Array, to: number): void {
  for (let i = 0; i < sums.length; i++) pixels[to + i] = Math.floor(sums[i]! / weight + 0.5);
}

/** ITU-R BT.601-7, 2.5.1: luma of the gamma-encoded values, in thousandths to keep integers. */
function writeGray(sums: Float64Array, weight: number, pixels: Uint8Array, to: number): void {
  for (let i = 0, at = to; i < sums.length; i += 3) {
    const luma = 299 * sums[i]! + 587 * sums[i + 1]! + 114 * sums[i + 2]!;
    pixels[at++] = Math.floor(luma / (1000 * weight) + 0.5);
  }
}
