/** Huffman tables: from the stored form (ITU-T T.81, B.2.4.2) to codes (annex C) and lookup tables (F.2.2.3). */
import type { WorkMeter } from '../../work-meter.ts';
import { HUFFMAN_CODE_WORK, HUFFMAN_TABLE_WORK } from '../limits.ts';
import { undecodable } from '../undecodable.ts';

/** Bits that index the lookup table. Longer codes are rare and found by their length. */
export const LOOKUP_BITS = 9;
export const SKIP_BITS = 12;
export const DIRECT_BITS = 12;

export interface HuffmanTable {
  /** By the next 9 bits: length << 8 | symbol, or 0 for a longer code. */
  readonly lookup: Uint16Array;
  /**
   * For AC codes of a sequential scan whose values are not needed, by the next 12 bits: magnitudes << 16 | bits << 8 |
   * end of block << 7 | skipped coefficients. Each entry covers as many complete codes, with their value bits, as fit into
   * 12 bits. If none fits, the entry skips 64 coefficients and no bits. A coefficient of n bits counts as a magnitude of
   * 2^n. Created by `skipTable` on first use, because small images never need it.
   */
  skip: Int32Array | undefined;
  /**
   * For DC differences, by the next 12 bits: difference << 8 | bits of code and value together. 0 if they do not fit.
   * Created by `directTable` on first use.
   */
  direct: Int32Array | undefined;
  /** By length: the highest code, or -1, and the offset that turns a code into an index of `symbols`. */
  readonly highest: Int32Array;
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

export interface HuffmanTables {
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
}

/** @param tables by class and destination, 0-3; the tables of the segment are stored here */
export function readHuffmanTables(body: Uint8Array, tables: HuffmanTables, work: WorkMeter): void {
  for (let at = 0; at + 17 <= body.length; ) {
    const { 0: kind = 0 } = body.subarray(at);
    const counts = body.slice(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    at += 17 + total;
    if (total > 256 || at > body.length || (kind & 15) > 3) {
      throw undecodable('is damaged: a Huffman table does not fit its segment; save it again');
    }
    work.spend(HUFFMAN_TABLE_WORK + total * HUFFMAN_CODE_WORK);
    (kind >> 4 ? tables.ac : tables.dc)[kind & 15] = huffmanTable(counts, body.slice(at - total, at));
  }
}

/**
 * @param counts of the codes of 1 to 16 bits
 * @param symbols by code
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const table: HuffmanTable = {
    lookup: new Uint16Array(1 << LOOKUP_BITS),
    skip: undefined,
    direct: undefined,
    highest: new Int32Array(17).fill(-1),
    offset: new Int32Array(17),
    symbols,
  };
  let code = 0;
  let index = 0;
  for (let length = 1; length <= 16; length++, code <<= 1) {
    const count = counts[length - 1]!;
    if (count === 0) continue;
    if (code + count > 1 << length) throw undecodable('is damaged: a Huffman table has too many codes; save it again');
    table.offset[length] = index - code;
    table.highest[length] = code + count - 1;
    for (let i = 0; i < count; i++, code++, index++) {
      if (length > LOOKUP_BITS) continue;
      const spare = LOOKUP_BITS - length;
      table.lookup.fill((length << 8) | symbols[index]!, code << spare, (code + 1) << spare);
    }
  }
  return table;
}

/**
 * Decodes a code that is longer than `LOOKUP_BITS`.
 *
 * @param word the next bits, starting at the top bit of 32
 * @returns length << 8 | symbol
 */
export function longCode(table: HuffmanTable, word: number): number {
  return findLongCode(table, word) || noCode();
}

function findLongCode({ highest, offset, symbols }: HuffmanTable, word: number): number {
  for (let length = LOOKUP_BITS + 1; length <= 16; length++) {
    const code = word >>> (32 - length);
    if (code <= highest[length]!) return (length << 8) | symbols[offset[length]! + code]!;
  }
  return 0;
}

function noCode(): never {
  throw undecodable('is damaged: its bits are not a valid Huffman code');
}

export function skipTable(table: HuffmanTable): Int32Array {
  const { lookup } = table;
  const skip = new Int32Array(1 << SKIP_BITS);
  table.skip = skip;
  for (let bits = 0; bits < skip.length; bits++) {
    let used = 0;
    let passed = 0;
    let end = 0;
    let magnitudes = 0;
    while (used < SKIP_BITS && end === 0) {
      const word = bits << (32 - SKIP_BITS + used);
      const entry = lookup[word >>> (32 - LOOKUP_BITS)]! || findLongCode(table, word);
      const length = (entry >> 8) + (entry & 15);
      const run = (entry >> 4) & 15;
      if (entry === 0 || used + length > SKIP_BITS) break;
      if ((entry & 15) === 0 && run !== 15) end = 1;
      else if (passed + run + 1 > 63) break;
      else passed += run + 1;
      used += length;
      if ((entry & 15) !== 0) magnitudes += 1 << (entry & 15);
    }
    skip[bits] = used === 0 ? 64 : (magnitudes << 16) | (used << 8) | (end << 7) | passed;
  }
  return skip;
}

export function directTable(table: HuffmanTable): Int32Array {
  const direct = new Int32Array(1 << DIRECT_BITS);
  table.direct = direct;
  for (let bits = 0; bits < direct.length; bits++) {
    const word = bits << (32 - DIRECT_BITS);
    const entry = table.lookup[word >>> (32 - LOOKUP_BITS)]!;
    const length = entry >> 8;
    const size = entry & 255;
    if (entry === 0 || length + size > DIRECT_BITS) continue;
    const value = size === 0 ? 0 : extend((word << length) >>> (32 - size), size);
    direct[bits] = (value << 8) | (length + size);
  }
  return direct;
}

/** F.2.2.1, EXTEND: of the values of a size, the upper half is positive and the lower half negative. */
export function extend(value: number, size: number): number {
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}
