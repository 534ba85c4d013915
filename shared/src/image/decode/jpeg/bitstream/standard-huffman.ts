/**
 * The tables of ITU-T T.81, K.3. Frames of Motion JPEG, and images extracted from it, omit their tables and rely on these.
 */
import { type HuffmanTable, huffmanTable } from './huffman.ts';

/** As in a DHT segment: the number of codes of 1 to 16 bits, then the symbols. */
interface StoredTable {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

const hex = (digits: string) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const dcSymbols = hex('000102030405060708090a0b');
const [lumaAcSymbols, chromaAcSymbols] = [
  hex(
    '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738' +
      '393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5' +
      'a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
  ),
  hex(
    '0001020311040521310612415107617113223281081442' +
      '91a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a63646566' +
      '6768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8' +
      'c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa',
  ),
] as const;

/** By destination: luma, chroma. */
export const STANDARD_DC: readonly StoredTable[] = [
  { counts: hex('00010501010101010100000000000000'), symbols: dcSymbols },
  { counts: hex('00030101010101010101010000000000'), symbols: dcSymbols },
];
export const STANDARD_AC: readonly StoredTable[] = [
  { counts: hex('0002010303020403050504040000017d'), symbols: lumaAcSymbols },
  { counts: hex('00020102040403040705040400010277'), symbols: chromaAcSymbols },
];

/** @returns undefined if there is no standard table for that destination */
export function standardTable(tables: readonly StoredTable[], destination: number): HuffmanTable | undefined {
  const stored = tables[destination];
  return stored && huffmanTable(stored.counts, stored.symbols);
}
