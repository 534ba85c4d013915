/**
 * How much of an image is worth reading for a target, and on how small cells: the only place where accuracy is traded
 * for time or memory. Figures are means of the difference from libjpeg with `areaAverage`, in 1/255.
 */
import type { FrameHeader } from '../bitstream/frame.ts';
import { MAX_CELLS, MAX_REFINED_BLOCKS, MAX_STATE_BYTES } from '../limits.ts';
import type { CellLimits } from './grid.ts';

export interface Detail {
  /** Of 8, the lowest frequencies in each direction that count. */
  readonly frequencies: number;
  /** Whether AC refinements of progressive images are read. All coefficients before them must be kept then. */
  readonly refined: boolean;
  /** Coefficients of a block that are kept, where several scans give them. */
  readonly kept: number;
}

export interface ImageCost {
  /** Blocks of all components: in the image, and in a row of its MCUs. */
  readonly blocks: number;
  readonly rowBlocks: number;
  /** Bytes that the sums of all components take. */
  readonly cellBytes: number;
}

/**
 * Images are read whole, but for progressive ones with too many blocks and images of several scans that are too wide.
 *
 * @param cell pixels of the image along the shorter side of a pixel of the target
 */
export function chooseDetail(progressive: boolean, cell: number, { blocks, rowBlocks, cellBytes }: ImageCost): Detail {
  const room = Math.floor((MAX_STATE_BYTES - cellBytes) / (rowBlocks * Int16Array.BYTES_PER_ELEMENT));
  const kept = Math.max(1, Math.min(64, room));
  if (!progressive || (kept === 64 && blocks <= MAX_REFINED_BLOCKS)) return { frequencies: 8, refined: true, kept };
  if (cell < 24) return { frequencies: 8, refined: false, kept };
  // Of the three lowest frequencies in each direction, the last is the 13th in zigzag order.
  if (cell < 64) return { frequencies: 3, refined: false, kept: Math.min(kept, 13) };
  return { frequencies: 1, refined: false, kept: 1 };
}

/** 362 x 362 pixels cost 3 to 6 ms on their own pixels, and 1 to 2 on the target's. */
const PIXEL_CELLS = 131_072;

/** Cells that an image is worth. On the cells of larger ones, `clamping.ts` sees to what goes out of range. */
export function chooseCells({ components }: FrameHeader, target: { width: number; height: number }): CellLimits {
  // Multiplying by the black of CMYK is never the same on means, so as small cells as there can be.
  if (components.length === 4) return { pixels: MAX_CELLS, parts: MAX_CELLS };
  // Where the target has many cells anyway, a few times as many do not cost much more.
  return { pixels: Math.min(MAX_CELLS, Math.max(PIXEL_CELLS, 4 * target.width * target.height)), parts: 0 };
}
