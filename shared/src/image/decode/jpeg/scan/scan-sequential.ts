/** Blocks of baseline and extended sequential scans (ITU-T T.81, F.2). */
import type { BlockSource } from '../average/clamping.ts';
import { addCoefficient, addWithinCell, blockIndex } from '../average/component.ts';
import type { BitReader } from '../bitstream/bit-reader.ts';
import { DIRECT_BITS, directTable, extend, LOOKUP_BITS, longCode, SKIP_BITS, skipTable } from '../bitstream/huffman.ts';
import { ZIGZAG } from '../bitstream/quantization.ts';
import { undecodable } from '../undecodable.ts';
import type { ScannedComponent } from './scanned-component.ts';

/** Reads the next block of a component, at `column` and `row`, into its cells or its band. */
export type ReadBlock = (reader: BitReader, scanned: ScannedComponent, column: number, row: number) => void;

/** F.2.2.1: the difference from the previous block. @returns the coefficient */
export function readDc(reader: BitReader, scanned: ScannedComponent): number {
  const { view, bit } = reader;
  const word = view.getUint32(bit >>> 3) << (bit & 7);
  const direct = (scanned.dc.direct ?? directTable(scanned.dc))[word >>> (32 - DIRECT_BITS)]!;
  if (direct !== 0) {
    reader.bit = bit + (direct & 255);
    scanned.predictor += direct >> 8;
    return scanned.predictor;
  }
  const entry = scanned.dc.lookup[word >>> (32 - LOOKUP_BITS)]! || longCode(scanned.dc, word);
  const size = entry & 255;
  const valueAt = bit + (entry >> 8);
  if (size === 0) {
    reader.bit = valueAt;
    return scanned.predictor;
  }
  if (size > 15) throw undecodable('is damaged: a DC coefficient is out of range');
  const value = (view.getUint32(valueAt >>> 3) << (valueAt & 7)) >>> (32 - size);
  reader.bit = valueAt + size;
  scanned.predictor += extend(value, size);
  return scanned.predictor;
}

export function outsideBlock(): never {
  throw undecodable('is damaged: a coefficient is outside its block');
}

/** F.2.2: the DC coefficient, then run lengths and values of the others, for a scan with all components. */
export const readSequentialBlock: ReadBlock = (reader, scanned, column, row) => {
  const { component, seen } = scanned;
  const { quantizationTable } = component;
  const dc = readDc(reader, scanned) * quantizationTable[0]!;
  const view = reader.view;
  const lookup = scanned.ac.lookup;
  const begin = reader.bit;
  let bit = begin;
  let k = 1;
  // In units of 1/65536, like the skip table.
  let magnitudes = 0;
  if (!addWithinCell(component, column, row, dc)) {
    addCoefficient(component, column, row, 0, dc);
    const straddles = (component.rows.ac[row]! << 1) | component.columns.ac[column]!;
    const last = component.lastUsed[straddles]!;
    const isUsed = component.isUsed[straddles]!;
    while (k <= last) {
      const word = view.getUint32(bit >>> 3) << (bit & 7);
      const entry = lookup[word >>> (32 - LOOKUP_BITS)]! || longCode(scanned.ac, word);
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
        if (isUsed[k]) {
          const value = (view.getUint32(bit >>> 3) << (bit & 7)) >>> (32 - size);
          addCoefficient(component, column, row, ZIGZAG[k]!, extend(value, size) * quantizationTable[k]!);
        }
      }
      bit += size;
      k++;
    }
  }

  // From here on only the end of the block matters, and the approximate size of its coefficients.
  const skip = scanned.ac.skip ?? skipTable(scanned.ac);
  while (k < 64) {
    // At the end of the block, `passed` is 128 higher, so one comparison tells whether the block goes on. From 64 to 127,
    // the entry may include codes of the next block, or there is none: then the code is looked up by itself.
    const word = view.getUint32(bit >>> 3) << (bit & 7);
    let several = skip[word >>> (32 - SKIP_BITS)]!;
    let passed = k + (several & 255);
    if (passed < 64) {
      const used = (several >> 8) & 255;
      bit += used;
      magnitudes += several;
      k = passed;
      // The 25 available bits suffice for a second lookup without reading a new word.
      several = skip[(word << used) >>> (32 - SKIP_BITS)]!;
      passed = k + (several & 255);
      if (passed < 64) {
        bit += (several >> 8) & 255;
        magnitudes += several;
        k = passed;
        continue;
      }
    }
    if (passed >= 128 && passed < 128 + 64) {
      bit += (several >> 8) & 255;
      magnitudes += several;
      break;
    }
    const rest = view.getUint32(bit >>> 3) << (bit & 7);
    const entry = lookup[rest >>> (32 - LOOKUP_BITS)]! || longCode(scanned.ac, rest);
    bit += (entry >> 8) + (entry & 15);
    if ((entry & 15) === 0 && (entry & 0xf0) !== 0xf0) break;
    if ((entry & 15) !== 0) magnitudes += 65536 << (entry & 15);
    k += ((entry >> 4) & 15) + 1;
  }
  if (k > 65) outsideBlock();
  reader.bit = bit;
  if (seen) {
    const place = seen.count++;
    seen.dc[place] = dc;
    seen.begin[place] = begin;
    seen.include(dc, magnitudes * seen.magnitudeStep);
  }
};

/** Like `readSequentialBlock`, for a scan per component. */
export const readBandBlock: ReadBlock = (reader, scanned, column, row) => {
  const { component, ac } = scanned;
  const { kept, coefficients, nonZero } = component.band!;
  const block = blockIndex(component, column, row);
  const first = block * kept;
  coefficients[first] = readDc(reader, scanned);
  const { view } = reader;
  let { bit } = reader;
  for (let k = 1; k < 64; k++) {
    const word = view.getUint32(bit >>> 3) << (bit & 7);
    const entry = ac.lookup[word >>> (32 - LOOKUP_BITS)]! || longCode(ac, word);
    const size = entry & 15;
    bit += entry >> 8;
    if (size === 0 && (entry & 0xf0) !== 0xf0) break;
    k += (entry >> 4) & 15;
    if (k > 63) outsideBlock();
    if (size === 0) continue;
    if (k < kept) {
      coefficients[first + k] = extend((view.getUint32(bit >>> 3) << (bit & 7)) >>> (32 - size), size);
      nonZero[block * 2 + (k >> 5)]! |= 1 << (k & 31);
    }
    bit += size;
  }
  reader.bit = bit;
};

/** Reads the blocks of the current MCU a second time. */
export class SequentialBlocks implements BlockSource {
  readonly #reader: BitReader;
  /** By index of the component. */
  readonly #scanned: readonly ScannedComponent[];

  constructor(reader: BitReader, scanned: readonly ScannedComponent[]) {
    this.#reader = reader;
    this.#scanned = scanned;
  }

  load(index: number, place: number, block: Float64Array): number {
    const { component, ac, seen } = this.#scanned[index]!;
    const { view } = this.#reader;
    let bit = seen!.begin[place]!;
    let rows = 1;
    block[0] = seen!.dc[place]!;
    for (let k = 1; k < 64; k++) {
      const word = view.getUint32(bit >>> 3) << (bit & 7);
      const entry = ac.lookup[word >>> (32 - LOOKUP_BITS)]! || longCode(ac, word);
      const size = entry & 15;
      bit += entry >> 8;
      if (size === 0 && (entry & 0xf0) !== 0xf0) break;
      k += (entry >> 4) & 15;
      if (size === 0) continue;
      const value = (view.getUint32(bit >>> 3) << (bit & 7)) >>> (32 - size);
      const at = ZIGZAG[k]!;
      block[at] = extend(value, size) * component.quantizationTable[k]!;
      rows = Math.max(rows, (at >> 3) + 1);
      bit += size;
    }
    return rows;
  }
}
