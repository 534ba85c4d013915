/** A component in a scan: the tables that decode its blocks, and the state that one block passes on to the next. */
import type { Component } from '../average/component.ts';
import type { HuffmanTable } from '../bitstream/huffman.ts';

export interface ScannedComponent {
  readonly component: Component;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  /** The DC coefficient of the previous block (F.1.1.5.1). */
  predictor: number;
  /** What `clamping.ts` needs to know about the blocks of an MCU. Null if blocks are not clamped. */
  readonly seen: SeenBlocks | null;
}

/** A component has at most 16 blocks in an MCU. */
const MAX_BLOCKS = 16;

/**
 * Larger than any sum of coefficients, while the difference of two still fits into 32 bits. Damaged files may exceed it;
 * that only affects whether an MCU is examined.
 */
const UNBOUNDED = 2 ** 30;

export class SeenBlocks {
  /** Number of blocks so far. */
  count = 0;
  /** Maximum and minimum of the samples before the level shift, in units of the DC coefficient (times 8). */
  readonly range = Int32Array.of(-UNBOUNDED, UNBOUNDED);
  /** For sequential scans, by block: the dequantized DC coefficient, and the reader's position of the first AC bit. */
  readonly dc = new Float64Array(MAX_BLOCKS);
  readonly begin = new Int32Array(MAX_BLOCKS);
  /**
   * Converts the magnitudes of a sequential block (in 1/65536 of 2^bits, see `HuffmanTable.skip`) to the approximate spread
   * of its samples around their mean.
   */
  readonly magnitudeStep: number;

  constructor(magnitudeStep: number) {
    this.magnitudeStep = magnitudeStep;
  }

  /**
   * Extends the range by a block. Branch-free, because a mispredicted branch would take longer than all of this.
   *
   * @param dc dequantized coefficient
   * @param spread of the samples around their mean, in the same units
   */
  include(dc: number, spread: number): void {
    const { range } = this;
    const below = range[0]! - ((dc + spread) | 0);
    range[0]! -= below & (below >> 31);
    const above = ((dc - spread) | 0) - range[1]!;
    range[1]! += above & (above >> 31);
  }

  reset(): void {
    this.count = 0;
    this.range[0] = -UNBOUNDED;
    this.range[1] = UNBOUNDED;
  }
}
