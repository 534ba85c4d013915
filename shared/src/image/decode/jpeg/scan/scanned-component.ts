/** A component within a scan: the tables that its blocks are read with, and what the blocks before leave to the next. */
import type { Component } from '../average/component.ts';
import type { HuffmanTable } from '../bitstream/huffman.ts';

export interface ScannedComponent {
  readonly component: Component;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  /** The DC coefficient of the block before (F.1.1.5.1). */
  predictor: number;
  /** What `clamping.ts` has to know of the blocks of an MCU; null where nothing is clamped by blocks. */
  readonly seen: SeenBlocks | null;
}

/** A component has at most 16 blocks in an MCU. */
const MAX_BLOCKS = 16;

/**
 * Beyond every sum of coefficients, and such that differences of two fit into 32 bits. Those of damaged files may be beyond
 * that: all that they decide is whether an MCU is looked at.
 */
const UNBOUNDED = 2 ** 30;

export class SeenBlocks {
  /** Blocks until now. */
  count = 0;
  /** The most and the least that samples without level shift may be, times 8: in units of a DC coefficient. */
  readonly range = Int32Array.of(-UNBOUNDED, UNBOUNDED);
  /** Sequential, by block: DC coefficients, multiplied by their step, and the reader's place of the first AC bit. */
  readonly dc = new Float64Array(MAX_BLOCKS);
  readonly begin = new Int32Array(MAX_BLOCKS);
  /**
   * What turns a sequential block's magnitudes (in 1/65536 of 2^bits, see `HuffmanTable.skip`) into about how far its AC
   * coefficients take a sample from the mean.
   */
  readonly magnitudeStep: number;

  constructor(magnitudeStep: number) {
    this.magnitudeStep = magnitudeStep;
  }

  /**
   * Without a branch: which block of an MCU has the most is anybody's guess, and a wrong guess of the processor takes
   * longer than all of this.
   *
   * @param dc coefficient, multiplied by its step
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
