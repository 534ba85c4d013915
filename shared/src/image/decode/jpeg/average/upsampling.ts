/**
 * Which samples of a component make up a pixel. T.81 leaves that open; this is what libjpeg does ("fancy upsampling",
 * jdsample.c), so that an image has the colors that people see elsewhere. It is linear, so it is never carried out:
 * `area-weights.ts` folds it into the weights of the coefficients.
 */
import { type BlockLayout, type ComponentHeader, type FrameHeader, largestFactors } from '../bitstream/frame.ts';

/** In one direction. */
export interface Upsampling {
  /** Samples that the image covers. */
  readonly samples: number;
  /** Samples a pixel, as a fraction of sampling factors. */
  readonly factor: number;
  readonly largestFactor: number;
  /**
   * Two pixels a sample, each of three quarters of its own and a quarter of the next sample on its side. Otherwise
   * samples are repeated.
   */
  readonly triangle: boolean;
}

export function upsamplings(
  frame: FrameHeader,
  { horizontal, vertical }: ComponentHeader,
  { samplesAcross, samplesDown }: BlockLayout,
): { columns: Upsampling; rows: Upsampling } {
  const largest = largestFactors(frame);
  const halfAcross = largest.horizontal === 2 * horizontal;
  const halfDown = largest.vertical === 2 * vertical;
  const wide = samplesAcross > 2;
  return {
    columns: {
      samples: samplesAcross,
      factor: horizontal,
      largestFactor: largest.horizontal,
      triangle: halfAcross && (halfDown || largest.vertical === vertical) && wide,
    },
    rows: {
      samples: samplesDown,
      factor: vertical,
      largestFactor: largest.vertical,
      triangle: halfDown && (largest.horizontal === horizontal || (halfAcross && wide)),
    },
  };
}
