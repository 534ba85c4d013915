/**
 * Blocks of progressive scans (ITU-T T.81, G.1.2 and G.2): first scans give coefficients without their lowest bits,
 * refinements a bit more. What a scan adds to a coefficient is added to the cells at once; a refinement needs to know
 * no more than which coefficients are not zero, and their signs.
 */
import type { BitReader } from './bit-reader.ts';
import { addCoefficient, addDc, type Component } from './component.ts';
import { LOOK_BITS, longCode } from './huffman.ts';
import { ZIGZAG } from './quantisation.ts';
import type { ScanHeader } from './scan-header.ts';
import { outsideBlock, type ReadBlock, readDc } from './scan-sequential.ts';

export function progressiveReader({ from, to, high, low }: ScanHeader): ReadBlock {
  if (from === 0) return high === 0 ? readDcFirst(low) : readDcRefinement(low);
  return high === 0 ? readAcFirst(from, to, low) : readAcRefinement(from, to, low);
}

/** G.1.2.1: as in a sequential scan, without the lowest bits. */
function readDcFirst(low: number): ReadBlock {
  return (reader, component, column, row) => {
    addDc(component, column, row, readDc(reader, component) * (1 << low) * component.quantisationTable[0]!);
  };
}

/** G.1.2.1.1: one bit a block. */
function readDcRefinement(low: number): ReadBlock {
  return (reader, component, column, row) => {
    const set = nextBit(reader);
    if (set) addDc(component, column, row, (1 << low) * component.quantisationTable[0]!);
  };
}

function nextBit(reader: BitReader): number {
  const { view, bit } = reader;
  reader.bit = bit + 1;
  return (view.getUint8(bit >>> 3) >> (7 - (bit & 7))) & 1;
}

/** G.1.2.2: runs as in a sequential scan, and runs of blocks that have nothing more in this band. */
function readAcFirst(from: number, to: number, low: number): ReadBlock {
  return (reader, component, column, row) => {
    if (reader.endOfBandRun > 0) {
      reader.endOfBandRun--;
      return;
    }
    const { known, ac, quantisationTable } = component;
    const view = reader.view;
    const look = ac.look;
    const base = (row * component.paddedAcross + column) * 4;
    const wanted = component.wanted[(component.rows.ac[row]! << 1) | component.columns.ac[column]!]!;
    const unit = 1 << low;
    // Where no refinement is read, the missing bits are taken to be half of what they can be.
    const missing = known ? 0 : (unit - 1) / 2;
    let bit = reader.bit;
    for (let k = from; k <= to; k++) {
      const word = view.getUint32(bit >>> 3) << (bit & 7);
      const entry = look[word >>> (32 - LOOK_BITS)]! || longCode(ac, word);
      const size = entry & 15;
      const run = (entry >> 4) & 15;
      bit += entry >> 8;
      if (size === 0) {
        if (run === 15) {
          k += 15;
          continue;
        }
        if (run > 0) {
          reader.endOfBandRun = (1 << run) - 1 + ((view.getUint32(bit >>> 3) << (bit & 7)) >>> (32 - run));
          bit += run;
        }
        break;
      }
      k += run;
      if (k > to) outsideBlock();
      const value = (view.getUint32(bit >>> 3) << (bit & 7)) >>> (32 - size);
      const negative = value < 1 << (size - 1);
      bit += size;
      if (known) remember(known, base, k, negative);
      if (wanted[k]) {
        const scaled = negative ? (value - (1 << size) + 1) * unit - missing : value * unit + missing;
        addCoefficient(component, column, row, ZIGZAG[k]!, scaled * quantisationTable[k]!);
      }
    }
    reader.bit = bit;
  };
}

function remember(known: Int32Array, base: number, k: number, negative: boolean): void {
  known[base + (k >> 5)]! |= 1 << (k & 31);
  if (negative) known[base + 2 + (k >> 5)]! |= 1 << (k & 31);
}

/** G.1.2.3: a bit for each coefficient of the band that is not zero yet, and new ones that have this bit alone. */
function readAcRefinement(from: number, to: number, low: number): ReadBlock {
  return (reader, component, column, row) => {
    const { view } = reader;
    const { ac, quantisationTable } = component;
    const known = component.known!;
    const base = (row * component.paddedAcross + column) * 4;
    const unit = 1 << low;
    let k = from;
    while (k <= to && reader.endOfBandRun === 0) {
      const { bit } = reader;
      const word = view.getUint32(bit >>> 3) << (bit & 7);
      const entry = ac.look[word >>> (32 - LOOK_BITS)]! || longCode(ac, word);
      const isNew = (entry & 15) !== 0;
      const run = (entry >> 4) & 15;
      reader.bit = bit + (entry >> 8);
      if (!isNew && run < 15) {
        reader.endOfBandRun = 1 << run;
        if (run > 0) {
          reader.endOfBandRun += (view.getUint32(reader.bit >>> 3) << (reader.bit & 7)) >>> (32 - run);
          reader.bit += run;
        }
        break;
      }
      const negative = isNew && nextBit(reader) === 0;
      k = correct(reader, component, column, row, k, to, run, unit);
      if (isNew) {
        if (k > to) outsideBlock();
        remember(known, base, k, negative);
        if (component.wanted[(component.rows.ac[row]! << 1) | component.columns.ac[column]!]![k]) {
          addCoefficient(component, column, row, ZIGZAG[k]!, (negative ? -unit : unit) * quantisationTable[k]!);
        }
      }
      k++;
    }
    if (reader.endOfBandRun > 0) {
      if ((known[base]! | known[base + 1]!) !== 0) correct(reader, component, column, row, k, to, 64, unit);
      reader.endOfBandRun--;
    }
  };
}

/**
 * From coefficient k on, reads the correction bit of each that is not zero and passes over `zeros` that are.
 *
 * @returns the next one that is zero, or to + 1
 */
function correct(
  reader: BitReader,
  component: Component,
  column: number,
  row: number,
  k: number,
  to: number,
  zeros: number,
  unit: number,
): number {
  const { view } = reader;
  const known = component.known!;
  const base = (row * component.paddedAcross + column) * 4;
  const wanted = component.wanted[(component.rows.ac[row]! << 1) | component.columns.ac[column]!]!;
  let bit = reader.bit;
  while (k <= to) {
    const gap = zerosAhead(known, base, k);
    if (zeros < gap) {
      k += zeros;
      break;
    }
    zeros -= gap;
    k += gap;
    if (k > to) break;
    if (wanted[k] && (view.getUint8(bit >>> 3) << (bit & 7)) & 128) {
      const negative = known[base + 2 + (k >> 5)]! & (1 << (k & 31));
      const change = (negative ? -unit : unit) * component.quantisationTable[k]!;
      addCoefficient(component, column, row, ZIGZAG[k]!, change);
    }
    bit++;
    k++;
  }
  reader.bit = bit;
  return Math.min(k, to + 1);
}

/** How many coefficients from k on are zero before the next that is not; 64 where none follows. */
function zerosAhead(known: Int32Array, base: number, k: number): number {
  const word = known[base + (k >> 5)]! >>> (k & 31);
  if (word !== 0) return 31 - Math.clz32(word & -word);
  const upper = known[base + 1]!;
  if (k < 32 && upper !== 0) return 63 - k - Math.clz32(upper & -upper);
  return 64;
}
