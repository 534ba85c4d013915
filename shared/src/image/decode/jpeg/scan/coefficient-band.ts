/**
 * The coefficients of a component in one row of MCUs, for images with several scans: progressive ones, and sequential ones
 * with one scan per component. All scans are read in parallel, so one row is enough.
 */

export interface CoefficientBand {
  /** How many coefficients of each block are kept, in zigzag order. */
  readonly kept: number;
  /** Quantized, block by block, in rows of complete MCUs. */
  readonly coefficients: Int16Array;
  /** By block, two words: bit k is 1 if the AC coefficient k is kept and not zero. Most are zero. */
  readonly nonZero: Int32Array;
}

export function coefficientBand(blocks: number, kept: number): CoefficientBand {
  return { kept, coefficients: new Int16Array(blocks * kept), nonZero: new Int32Array(blocks * 2) };
}

/**
 * Counts the zero coefficients from k up to the next nonzero one within the same word. 32 or more if none follows.
 *
 * @param word of `nonZero` that k is in
 */
export function zerosAhead(word: number, k: number): number {
  const left = word >>> (k & 31);
  return left === 0 ? 64 : 31 - Math.clz32(left & -left);
}
