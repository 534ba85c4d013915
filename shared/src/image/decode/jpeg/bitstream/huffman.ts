/** Huffman tables: as they are stored (ITU-T T.81, B.2.4.2), turned into codes (annex C) and look-ups (F.2.2.3). */
import { undecodable } from '../undecodable.ts';

/** Bits that the look-up takes at once; longer codes are rare and found by their length. */
export const LOOKUP_BITS = 9;
export const SKIP_BITS = 12;
export const DIRECT_BITS = 12;

export interface HuffmanTable {
  /** By the next 9 bits: length << 8 | symbol, or 0 for a longer code. */
  readonly lookup: Uint16Array;
  /**
   * For the AC codes of a sequential scan whose values nobody wants, by the next 12 bits: magnitudes << 16 | bits << 8 |
   * end of block << 7 | coefficients passed, of as many whole codes with their value bits as fit. Where not one fits, 64
   * are passed, and no bits. A coefficient of n bits counts as a magnitude of 2^n. Made by `skipTable` when it is first
   * needed, as small images never do.
   */
  skip: Int32Array | undefined;
  /**
   * For DC differences, by the next 12 bits: difference << 8 | bits of code and value together. 0 where they do not fit.
   * Made by `directTable` when it is first needed.
   */
  direct: Int32Array | undefined;
  /** By length: the highest code, or -1, and what to add to a code to get its place in `symbols`. */
  readonly highest: Int32Array;
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

export interface HuffmanTables {
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
}

/** @param tables by class and destination, 0-3; the segment's are put there */
export function readHuffmanTables(body: Uint8Array, tables: HuffmanTables): void {
  for (let at = 0; at + 17 <= body.length; ) {
    const { 0: kind = 0 } = body.subarray(at);
    const counts = body.slice(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    at += 17 + total;
    if (total > 256 || at > body.length || (kind & 15) > 3) {
      throw undecodable('is damaged: a Huffman table does not fit its segment; save it anew');
    }
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
    if (code + count > 1 << length) throw undecodable('is damaged: a Huffman table has too many codes; save it anew');
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
 * A code that is longer than the look-up takes.
 *
 * @param word the next bits, from the top of 32
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
  throw undecodable('is damaged: its bits are no Huffman code');
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

/** F.2.2.1, EXTEND: the upper half of the values of a size are positive, the lower half negative. */
export function extend(value: number, size: number): number {
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}
