/**
 * What is lost to clamping within a block. Decoders clamp each sample to 0-255 (ITU-T T.81, A.3.1 and F.1.1.3 imply it),
 * and sharp edges overshoot: around black text on white, a strongly compressed page is made darker by that. On cells that
 * are larger than pixels it does not show, so the blocks in question, few in photos, are looked at sample by sample.
 */
import { BASIS } from './area-weights.ts';
import type { BitReader } from './bit-reader.ts';
import { addDc, type Component } from './component.ts';
import { extend, LOOK_BITS, longCode } from './huffman.ts';
import { ZIGZAG } from './quantisation.ts';

/**
 * The mean of a block is an eighth of its DC coefficient, and 128 ends the range. A little more, as the coefficients
 * hardly ever all add up at one sample.
 */
export const OUT_OF_RANGE = 1200;

/** Mean step of weak compression (qualities from about 90), where samples go hardly out of range: text is off by 2. */
const FINE = 4;

/**
 * Turns a block's magnitudes (in 1/65536 of 2^bits, see `HuffmanTable.skip`) into about the sum of its AC coefficients,
 * each of which is .75 of that on average; less, as most of them miss the sample that is farthest out.
 */
export function magnitudeStep(table: Float64Array): number {
  const lowest = table.subarray(1, 20);
  const mean = lowest.reduce((sum, step) => sum + step, 0) / lowest.length;
  return mean < FINE ? 0 : mean / 2 / 65_536;
}

const block = new Float64Array(64);
const halfway = new Float64Array(64);

/**
 * Adds to the cells of a sequential block what clamping its samples changes in its mean.
 *
 * @param begin the block's first AC bit
 * @param dc its first coefficient, multiplied by its step
 */
export function addClamping(
  reader: BitReader,
  component: Component,
  column: number,
  row: number,
  begin: number,
  dc: number,
): void {
  component.clamped++;
  const rows = readAgain(reader, component, begin);
  block[0] = dc;
  // A.3.3 by rows, then by columns.
  for (let v = 0; v < rows; v++) {
    for (let x = 0; x < 8; x++) {
      let sum = 0;
      for (let u = 0; u < 8; u++) sum += block[v * 8 + u]! * BASIS[u * 8 + x]!;
      halfway[v * 8 + x] = sum;
    }
  }
  let change = 0;
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) {
      let sample = 0;
      for (let v = 0; v < rows; v++) sample += halfway[v * 8 + x]! * BASIS[v * 8 + y]!;
      if (sample > 127) change += 127 - sample;
      else if (sample < -128) change += -128 - sample;
    }
  }
  // A DC coefficient is eight times the mean of 64 samples.
  if (change !== 0) addDc(component, column, row, change / 8);
}

/** The block's AC coefficients into `block`. @returns how many of its rows they take */
function readAgain({ view }: BitReader, component: Component, begin: number): number {
  const { ac, quantisationTable } = component;
  let bit = begin;
  let rows = 1;
  block.fill(0);
  for (let k = 1; k < 64; k++) {
    const word = view.getUint32(bit >>> 3) << (bit & 7);
    const entry = ac.look[word >>> (32 - LOOK_BITS)]! || longCode(ac, word);
    const size = entry & 15;
    bit += entry >> 8;
    if (size === 0 && (entry & 0xf0) !== 0xf0) break;
    k += (entry >> 4) & 15;
    if (size === 0) continue;
    const value = (view.getUint32(bit >>> 3) << (bit & 7)) >>> (32 - size);
    const place = ZIGZAG[k]!;
    block[place] = extend(value, size) * quantisationTable[k]!;
    rows = Math.max(rows, (place >> 3) + 1);
    bit += size;
  }
  return rows;
}
