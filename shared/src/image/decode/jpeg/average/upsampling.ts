/**
 * Which samples of a component contribute to a pixel. T.81 does not define this, so we follow libjpeg ("fancy upsampling",
 * jdsample.c), which most viewers use. Upsampling is linear, so it is never carried out: `area-weights.ts` includes it in
 * the weights of the coefficients.
 */
import { type BlockLayout, type ComponentHeader, type FrameHeader, largestFactors } from '../bitstream/frame.ts';

/** In one direction. */
export interface Upsampling {
  /** Samples that the image covers. */
  readonly samples: number;
  /** Samples per pixel: factor / largestFactor, both sampling factors. */
  readonly factor: number;
  readonly largestFactor: number;
  /**
   * Triangle filter: two pixels per sample, each with 3/4 of its own sample and 1/4 of the next one on its side. Otherwise
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
