/** Huffman codes of deflate (RFC 1951, 3.2.2) as tables that a few bits of the stream look up in one step. */

/**
 * A table's entry is one number: the code's length in bits 0-3, how many extra bits follow it in bits 4-7, what it is in
 * bits 8-11 and its value from bit 16 on. A literal byte is 0 in bits 8-11, so that it is told by one comparison.
 */
export const LITERAL = 0;
/** A length or distance; the value is what the extra bits are added to. */
export const BASE = 1 << 8;
export const END_OF_BLOCK = 1 << 9;
/** A code longer than the table's own bits; the value is where its subtable begins, indexed by that many extra bits. */
export const SUBTABLE = 1 << 10;
/** No code begins so. */
export const INVALID = 1 << 11;
export const KIND = 0xf00;

const MAX_CODE = 15;

export interface HuffmanTable {
  /** How many bits index its first part. */
  readonly bits: number;
  readonly entries: Int32Array;
}

/** @param bits of the first part; @param size of all parts, enough for any complete code (zlib's examples/enough.c) */
export function emptyTable(bits: number, size: number): HuffmanTable {
  return { bits, entries: new Int32Array(size) };
}

/**
 * Fills a table with the canonical code of these lengths.
 *
 * @param lengths by symbol, 0 for one that does not occur
 * @param symbols by symbol: the entry, but for its code's length
 * @returns false where no such code exists: too many codes, or too few, but for a single one of one bit
 */
export function fillTable(table: HuffmanTable, lengths: Uint8Array, symbols: Int32Array): boolean {
  const { bits: tableBits, entries } = table;
  const counts = new Uint16Array(MAX_CODE + 1);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  const next = new Uint16Array(MAX_CODE + 2);
  let room = 1;
  let used = 0;
  for (let length = 1; length <= MAX_CODE; length++) {
    room = room * 2 - counts[length]!;
    used += counts[length]!;
    if (room < 0) return false;
    next[length + 1] = (next[length]! + counts[length]!) << 1;
  }
  if (room > 0 && !(used === 0 || (used === 1 && counts[1] === 1))) return false;
  const first = 1 << tableBits;
  entries.fill(INVALID | 1, 0, first);

  // How long the longest code behind each start is, then a subtable for those that are longer than the table's bits.
  const codes = new Uint16Array(lengths.length);
  const longest = new Uint8Array(first);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    const code = reversed(next[length]!++, length);
    codes[symbol] = code;
    const start = code & (first - 1);
    if (length > longest[start]!) longest[start] = length;
  }
  let end = first;
  for (let start = 0; start < first; start++) {
    if (longest[start]! <= tableBits) continue;
    const extra = longest[start]! - tableBits;
    entries[start] = SUBTABLE | (extra << 4) | (end << 16);
    end += 1 << extra;
  }
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length === 0) continue;
    const entry = symbols[symbol]! | length;
    const code = codes[symbol]!;
    if (length <= tableBits) {
      for (let at = code; at < first; at += 1 << length) entries[at] = entry;
    } else {
      const subtable = entries[code & (first - 1)]!;
      const size = 1 << ((subtable >>> 4) & 15);
      const begin = subtable >>> 16;
      for (let at = code >>> tableBits; at < size; at += 1 << (length - tableBits)) entries[begin + at] = entry;
    }
  }
  return true;
}

/** Codes stand in the stream with their first bit first, numbers with their last (RFC 1951, 3.1.1). */
function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}
