import assert from 'node:assert/strict';
import test from 'node:test';
import { WorkMeter } from '../../work-meter.ts';
import {
  DIRECT_BITS,
  directTable,
  huffmanTable,
  LOOKUP_BITS,
  longCode,
  readHuffmanTables,
  SKIP_BITS,
  skipTable,
} from './huffman.ts';
import { STANDARD_AC, STANDARD_DC, standardTable } from './standard-huffman.ts';

/** The bits of a code, starting at the top bit of a word. */
const word = (bits: string) => Number.parseInt(bits.padEnd(32, '1'), 2) | 0;

test('the standard tables have the codes listed in T.81', () => {
  const dc = standardTable(STANDARD_DC, 0)!;
  const ac = standardTable(STANDARD_AC, 0)!;
  // Tables K.3 and K.5: length and symbol.
  assert.equal(dc.lookup[word('1110') >>> (32 - LOOKUP_BITS)], (4 << 8) | 6);
  assert.equal(ac.lookup[word('1010') >>> (32 - LOOKUP_BITS)], (4 << 8) | 0x00);
  assert.equal(longCode(ac, word('11111111001')), (11 << 8) | 0xf0);
  assert.equal(longCode(ac, word('1111111111111110')), (16 << 8) | 0xfa);
  assert.equal(standardTable(STANDARD_AC, 2), undefined);
});

test('invalid codes are refused', () => {
  const ac = standardTable(STANDARD_AC, 0)!;
  assert.throws(() => longCode(ac, word('1111111111111111')), {
    code: 'image-undecodable',
    message: /not a valid Huffman code/,
  });
});

test('the skip table covers complete codes with their values, up to the end of the block', () => {
  const skip = skipTable(standardTable(STANDARD_AC, 0)!);
  const entry = (bits: string) => skip[Number.parseInt(bits.padEnd(SKIP_BITS, '1'), 2)];
  // 0/1 (00) and a bit, 1/1 (1100) and a bit, EOB (1010): three coefficients skipped, two of them with one bit.
  assert.equal(entry('001110011010'), (4 << 16) | (12 << 8) | (1 << 7) | 3);
  // The same, but the next code does not fit completely.
  assert.equal(entry('001110011111'), (4 << 16) | (8 << 8) | 3);
  // A code that is longer than the index: skips more coefficients than a block has, and no bits.
  assert.equal(entry('111111111111'), 64);
});

test('the direct table covers codes of DC differences with their values', () => {
  const direct = directTable(standardTable(STANDARD_DC, 0)!);
  const entry = (bits: string) => direct[Number.parseInt(bits.padEnd(DIRECT_BITS, '0'), 2)]!;
  // Sizes 0 (00), 3 (100) and 7 (11110).
  assert.deepEqual([entry('00') >> 8, entry('00') & 255], [0, 2]);
  assert.deepEqual([entry('100101') >> 8, entry('100010') >> 8, entry('100101') & 255], [5, -5, 6]);
  assert.deepEqual([entry('111101000001') >> 8, entry('111100000000') >> 8], [65, -127]);
  // Size 8 (111110) does not fit.
  assert.equal(entry('111110'), 0);
});

test('tables are stored at their declared destination', () => {
  const tables = { dc: [], ac: [] } as Parameters<typeof readHuffmanTables>[1];
  const counts = Uint8Array.from({ length: 16 }, (_, i) => (i === 1 ? 2 : 0));
  readHuffmanTables(Uint8Array.of(0x01, ...counts, 5, 6, 0x12, ...counts, 7, 8), tables, new WorkMeter());
  assert.deepEqual([tables.dc[1]?.symbols, tables.ac[2]?.symbols], [Uint8Array.of(5, 6), Uint8Array.of(7, 8)]);
});

test('tables with too many codes, truncated ones, and a fifth destination are refused', () => {
  const counts = (first: number) => [first, ...new Array(15).fill(0)];
  assert.throws(() => huffmanTable(Uint8Array.from(counts(3)), new Uint8Array(3)), { message: /too many codes/ });
  for (const body of [
    [0, ...counts(2), 1],
    [4, ...counts(1), 1],
  ]) {
    assert.throws(() => readHuffmanTables(Uint8Array.from(body), { dc: [], ac: [] }, new WorkMeter()), {
      message: /Huffman table/,
    });
  }
});
