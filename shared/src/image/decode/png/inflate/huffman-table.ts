/** Huffman codes of deflate (RFC 1951, 3.2.2) as lookup tables, indexed by the next bits of the stream. */

/**
 * An entry is one number: the length of the code in bits 0-3, the number of extra bits in bits 4-7, its kind in bits 8-11,
 * and its value from bit 16 on. The kind of a literal byte is 0, which makes it cheap to detect.
 */
export const LITERAL = 0;
/** A length or distance. The extra bits are added to the value. */
export const BASE = 1 << 8;
export const END_OF_BLOCK = 1 << 9;
/** A code longer than the index of the table. The value is the start of a subtable, indexed by the extra bits. */
export const SUBTABLE = 1 << 10;
/** No code begins with these bits. */
export const INVALID = 1 << 11;
export const KIND = 0xf00;

const MAX_CODE_LENGTH = 15;

export interface HuffmanTable {
  /** Number of bits that index the first part. */
  readonly bits: number;
  readonly entries: Int32Array;
}

/** @param bits of the first part; @param size of all parts, enough for any complete code (see zlib's examples/enough.c) */
export function emptyTable(bits: number, size: number): HuffmanTable {
  return { bits, entries: new Int32Array(size) };
}

/**
 * Fills a table with the canonical code of these lengths.
 *
 * @param lengths by symbol; 0 if the symbol does not occur
 * @param symbols by symbol: the entry without the length of the code
 * @returns false if the code is invalid: too many codes, or too few, except for a single code of one bit
 */
export function fillTable(table: HuffmanTable, lengths: Uint8Array, symbols: Int32Array): boolean {
  const { bits: tableBits, entries } = table;
  const counts = new Uint16Array(MAX_CODE_LENGTH + 1);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  const next = new Uint16Array(MAX_CODE_LENGTH + 2);
  let room = 1;
  let used = 0;
  for (let length = 1; length <= MAX_CODE_LENGTH; length++) {
    room = room * 2 - counts[length]!;
    used += counts[length]!;
    if (room < 0) return false;
    next[length + 1] = (next[length]! + counts[length]!) << 1;
  }
  if (room > 0 && !(used === 0 || (used === 1 && counts[1] === 1))) return false;
  const first = 1 << tableBits;
  entries.fill(INVALID | 1, 0, first);

  // The length of the longest code by prefix. Prefixes with longer codes than the index get a subtable.
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

/** Codes are packed starting with their most significant bit, numbers with their least (RFC 1951, 3.1.1). */
function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}
