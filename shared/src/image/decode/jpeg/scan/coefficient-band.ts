/**
 * Coefficients of a component under one row of MCUs, where several scans give them: progressive images, and sequential
 * ones with a scan for each component. All scans are read side by side, so that no more is ever kept.
 */

export interface CoefficientBand {
  /** Of each block's coefficients in zigzag order, the first so many are kept. */
  readonly kept: number;
  /** Not yet multiplied by their steps: block after block, in rows of whole MCUs. */
  readonly coefficients: Int16Array;
  /** By block, two words: bit k is 1 where the AC coefficient k is kept and not zero. Most are. */
  readonly nonZero: Int32Array;
}

export function coefficientBand(blocks: number, kept: number): CoefficientBand {
  return { kept, coefficients: new Int16Array(blocks * kept), nonZero: new Int32Array(blocks * 2) };
}

/**
 * How many coefficients from k on, within its 32, are zero before the next that is not; 32 or more where none follows.
 *
 * @param word of `nonZero` that k is in
 */
export function zerosAhead(word: number, k: number): number {
  const left = word >>> (k & 31);
  return left === 0 ? 64 : 31 - Math.clz32(left & -left);
}
