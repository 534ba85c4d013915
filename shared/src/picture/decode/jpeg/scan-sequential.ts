/** Blocks of baseline and extended sequential scans (ITU-T T.81, F.2). */
import type { BitReader } from './bit-reader.ts';
import { addClamping, OUT_OF_RANGE } from './clamping.ts';
import { addCoefficient, addDc, type Component } from './component.ts';
import { DIRECT_BITS, directTable, extend, LOOK_BITS, longCode, SKIP_BITS, skipTable } from './huffman.ts';
import { ZIGZAG } from './quantisation.ts';
import { undecodable } from './undecodable.ts';

/** Reads the next block of a component, which lies at `column` and `row`, into its cells. */
export type ReadBlock = (reader: BitReader, component: Component, column: number, row: number) => void;

/** F.2.2.1: the difference from the block before. Returns the coefficient. */
export function readDc(reader: BitReader, component: Component): number {
  const { view, bit } = reader;
  const word = view.getUint32(bit >>> 3) << (bit & 7);
  const direct = (component.dc.direct ?? directTable(component.dc))[word >>> (32 - DIRECT_BITS)]!;
  if (direct !== 0) {
    reader.bit = bit + (direct & 255);
    component.predictor += direct >> 8;
    return component.predictor;
  }
  const entry = component.dc.look[word >>> (32 - LOOK_BITS)]! || longCode(component.dc, word);
  const size = entry & 255;
  const valueAt = bit + (entry >> 8);
  if (size === 0) {
    reader.bit = valueAt;
    return component.predictor;
  }
  if (size > 15) throw undecodable('is damaged: a DC coefficient is out of range');
  const value = (view.getUint32(valueAt >>> 3) << (valueAt & 7)) >>> (32 - size);
  reader.bit = valueAt + size;
  component.predictor += extend(value, size);
  return component.predictor;
}

export function outsideBlock(): never {
  throw undecodable('is damaged: a coefficient lies outside its block');
}

/** F.2.2: the DC coefficient, then run lengths and values of the others. */
export const readSequentialBlock: ReadBlock = (reader, component, column, row) => {
  const { quantisationTable } = component;
  const dc = readDc(reader, component) * quantisationTable[0]!;
  addDc(component, column, row, dc);

  const view = reader.view;
  const look = component.ac.look;
  const straddles = (component.rows.ac[row]! << 1) | component.columns.ac[column]!;
  const last = component.lastWanted[straddles]!;
  const begin = reader.bit;
  let bit = begin;
  let k = 1;
  // In 1/65536, as the skip table has them.
  let magnitudes = 0;
  if (last > 0) {
    const wanted = component.wanted[straddles]!;
    while (k <= last) {
      const word = view.getUint32(bit >>> 3) << (bit & 7);
      const entry = look[word >>> (32 - LOOK_BITS)]! || longCode(component.ac, word);
      const size = entry & 15;
      bit += entry >> 8;
      if (size === 0 && (entry & 0xf0) !== 0xf0) {
        k = 65;
        break;
      }
      k += (entry >> 4) & 15;
      if (k > 63) outsideBlock();
      if (size > 0) {
        magnitudes += 65536 << size;
        if (wanted[k]) {
          const value = (view.getUint32(bit >>> 3) << (bit & 7)) >>> (32 - size);
          addCoefficient(component, column, row, ZIGZAG[k]!, extend(value, size) * quantisationTable[k]!);
        }
      }
      bit += size;
      k++;
    }
  }

  // Only where the block ends is still of interest, and about how large its coefficients are.
  const skip = component.ac.skip ?? skipTable(component.ac);
  while (k < 64) {
    const word = view.getUint32(bit >>> 3) << (bit & 7);
    const several = skip[word >>> (32 - SKIP_BITS)]!;
    const passed = k + (several & 127);
    if (several !== 0 && passed < 64) {
      bit += (several >> 8) & 255;
      magnitudes += several;
      k = passed;
      if (several & 128) break;
      continue;
    }
    const entry = look[word >>> (32 - LOOK_BITS)]! || longCode(component.ac, word);
    bit += (entry >> 8) + (entry & 15);
    if ((entry & 15) === 0 && (entry & 0xf0) !== 0xf0) break;
    if ((entry & 15) !== 0) magnitudes += 65536 << (entry & 15);
    k += ((entry >> 4) & 15) + 1;
  }
  if (k > 65) outsideBlock();
  reader.bit = bit;
  if (magnitudes * component.magnitudeStep > OUT_OF_RANGE - Math.abs(dc))
    addClamping(reader, component, column, row, begin, dc);
};
