/** Quantization tables (ITU-T T.81, B.2.4.1) and the zigzag order of coefficients (A.3.6). */
import type { WorkMeter } from '../../work-meter.ts';
import { QUANTIZATION_TABLE_WORK } from '../limits.ts';
import { undecodable } from '../undecodable.ts';

/** Figure A.6: the index v * 8 + u of the k-th coefficient, where u is the horizontal frequency. */
export const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48],
  ...[41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15],
  ...[23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
);

/** 64 steps in zigzag order. */
export type QuantizationTable = Float64Array;

/** @param tables by destination, 0-3; the tables of the segment are stored here */
export function readQuantizationTables(
  body: Uint8Array,
  tables: (QuantizationTable | undefined)[],
  work: WorkMeter,
): void {
  for (let at = 0; at < body.length; ) {
    const bytesEach = body[at]! >> 4 ? 2 : 1;
    const destination = body[at++]! & 15;
    if (destination > 3 || at + 64 * bytesEach > body.length) {
      throw undecodable('is damaged: a quantization table does not fit its segment; save it again');
    }
    work.spend(QUANTIZATION_TABLE_WORK);
    const table = new Float64Array(64);
    for (let k = 0; k < 64; k++, at += bytesEach) {
      table[k] = bytesEach === 2 ? (body[at]! << 8) | body[at + 1]! : body[at]!;
    }
    tables[destination] = table;
  }
}
