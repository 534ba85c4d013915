/**
 * Blocks of progressive scans (ITU-T T.81, G.1.2 and G.2). First scans contain coefficients without their lowest bits,
 * refinement scans one more bit each. All go into the band of the component.
 */
import { blockIndex } from '../average/component.ts';
import type { BitReader } from '../bitstream/bit-reader.ts';
import { LOOKUP_BITS, longCode } from '../bitstream/huffman.ts';
import type { ScanHeader } from '../bitstream/scan-header.ts';
import { type CoefficientBand, zerosAhead } from './coefficient-band.ts';
import { outsideBlock, type ReadBlock, readDc } from './scan-sequential.ts';

/** @param refined whether refinement scans are read. Otherwise the missing bits are set to half of their maximum */
export function progressiveReader({ from, to, high, low }: ScanHeader, refined: boolean): ReadBlock {
  if (from === 0) return high === 0 ? readDcFirst(low) : readDcRefinement(low);
  return high === 0 ? readAcFirst(from, to, low, refined) : readAcRefinement(from, to, low);
}

/** G.1.2.1: as in a sequential scan, without the lowest bits. */
function readDcFirst(low: number): ReadBlock {
  return (reader, scanned, column, row) => {
    const { kept, coefficients } = scanned.component.band!;
    coefficients[blockIndex(scanned.component, column, row) * kept] = readDc(reader, scanned) * (1 << low);
  };
}

/** G.1.2.1.1: one bit per block. */
function readDcRefinement(low: number): ReadBlock {
  return (reader, { component }, column, row) => {
    const { kept, coefficients } = component.band!;
    if (nextBit(reader)) coefficients[blockIndex(component, column, row) * kept]! |= 1 << low;
  };
}

function nextBit(reader: BitReader): number {
  const { view, bit } = reader;
  reader.bit = bit + 1;
  return (view.getUint8(bit >>> 3) >> (7 - (bit & 7))) & 1;
}

/** G.1.2.2: runs as in a sequential scan, and runs of blocks without further coefficients in this band. */
function readAcFirst(from: number, to: number, low: number, refined: boolean): ReadBlock {
  const unit = 1 << low;
  const missing = refined ? 0 : (unit - 1) >> 1;
  return (reader, { component, ac }, column, row) => {
    if (reader.endOfBandRun > 0) {
      reader.endOfBandRun--;
      return;
    }
    const { kept, coefficients, nonZero } = component.band!;
    const block = blockIndex(component, column, row);
    const first = block * kept;
    const view = reader.view;
    const lookup = ac.lookup;
    let bit = reader.bit;
    for (let k = from; k <= to; k++) {
      const word = view.getUint32(bit >>> 3) << (bit & 7);
      const entry = lookup[word >>> (32 - LOOKUP_BITS)]! || longCode(ac, word);
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
      bit += size;
      if (k >= kept) continue;
      const negative = value < 1 << (size - 1);
      coefficients[first + k] = negative ? (value - (1 << size) + 1) * unit - missing : value * unit + missing;
      nonZero[block * 2 + (k >> 5)]! |= 1 << (k & 31);
    }
    reader.bit = bit;
  };
}

/** G.1.2.3: a correction bit for each nonzero coefficient of the band, and new coefficients that consist of this bit. */
function readAcRefinement(from: number, to: number, low: number): ReadBlock {
  const unit = 1 << low;
  return (reader, { component, ac }, column, row) => {
    const band = component.band!;
    const block = blockIndex(component, column, row);
    let k = from;
    while (k <= to && reader.endOfBandRun === 0) {
      const { view, bit } = reader;
      const word = view.getUint32(bit >>> 3) << (bit & 7);
      const entry = ac.lookup[word >>> (32 - LOOKUP_BITS)]! || longCode(ac, word);
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
      k = correct(reader, band, block, k, to, run, unit);
      if (isNew) {
        if (k > to) outsideBlock();
        band.coefficients[block * band.kept + k] = negative ? -unit : unit;
        band.nonZero[block * 2 + (k >> 5)]! |= 1 << (k & 31);
      }
      k++;
    }
    if (reader.endOfBandRun > 0) {
      if ((band.nonZero[block * 2]! | band.nonZero[block * 2 + 1]!) !== 0) {
        correct(reader, band, block, k, to, 64, unit);
      }
      reader.endOfBandRun--;
    }
  };
}

/**
 * Starting at coefficient k, reads the correction bit of each nonzero coefficient and skips `zeros` zero coefficients.
 *
 * @returns the next zero coefficient, or to + 1
 */
function correct(
  reader: BitReader,
  { kept, coefficients, nonZero }: CoefficientBand,
  block: number,
  k: number,
  to: number,
  zeros: number,
  unit: number,
): number {
  const { view } = reader;
  const first = block * kept;
  let bit = reader.bit;
  for (; k <= to; k++) {
    let gap = zerosAhead(nonZero[block * 2 + (k >> 5)]!, k);
    if (gap === 64 && k < 32) gap = 32 - k + zerosAhead(nonZero[block * 2 + 1]!, 32);
    if (zeros < gap) {
      k += zeros;
      break;
    }
    zeros -= gap;
    k += gap;
    if (k > to) break;
    if ((view.getUint8(bit >>> 3) << (bit & 7)) & 128) {
      const value = coefficients[first + k]!;
      coefficients[first + k] = value + (value < 0 ? -unit : unit);
    }
    bit++;
  }
  reader.bit = bit;
  return Math.min(k, to + 1);
}
