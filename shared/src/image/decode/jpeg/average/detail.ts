/**
 * How much of an image is read for a target, and how small the cells are. This is the only place that trades accuracy for
 * time or memory.
 */
import type { FrameHeader } from '../bitstream/frame.ts';
import { MAX_CELLS, MAX_REFINED_BLOCKS, MAX_STATE_BYTES } from '../limits.ts';
import type { CellLimits } from './grid.ts';

export interface Detail {
  /** How many of the 8 frequencies in each direction are used, starting with the lowest. */
  readonly frequencies: number;
  /** Whether AC refinement scans of progressive images are read. This requires keeping all coefficients. */
  readonly refined: boolean;
  /** Coefficients of a block that are kept, if they are spread over several scans. */
  readonly kept: number;
}

export interface ImageCost {
  /** Blocks of all components: in the image, and in one row of MCUs. */
  readonly blocks: number;
  readonly rowBlocks: number;
  /** Bytes of the cell sums of all components. */
  readonly cellBytes: number;
}

/**
 * Images are read completely, except progressive images with too many blocks, and images of several scans that are too wide.
 *
 * @param cell length of the shorter side of a target pixel, in pixels of the image
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

/** 362 x 362 pixels: they take 3 to 6 ms with one cell per pixel, and 1 to 2 ms with one cell per target pixel. */
const PIXEL_CELLS = 131_072;

/** Maximum number of cells for an image. For larger cells, `clamping.ts` handles values out of range. */
export function chooseCells({ components }: FrameHeader, target: { width: number; height: number }): CellLimits {
  // Multiplying CMYK by its black is not exact on means, so cells are as small as possible.
  if (components.length === 4) return { pixels: MAX_CELLS, parts: MAX_CELLS };
  // If the target has many cells anyway, four times as many cost little more.
  return { pixels: Math.min(MAX_CELLS, Math.max(PIXEL_CELLS, 4 * target.width * target.height)), parts: 0 };
}
