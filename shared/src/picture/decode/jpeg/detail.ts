/**
 * How much of a picture is worth reading for a target, and on how small cells: the only place where accuracy is traded
 * for time or memory. Figures are means of the difference from libjpeg with `areaAverage`, in 1/255.
 */
import type { FrameHeader } from './frame.ts';
import type { CellLimits } from './grid.ts';
import { MAX_CELLS, MAX_STATE_BYTES } from './limits.ts';

export interface Detail {
  /** Of 8, the lowest frequencies in each direction that count. */
  readonly frequencies: number;
  /** Whether AC refinements of progressive pictures are read. They need 16 bytes a block. */
  readonly refined: boolean;
}

/**
 * Sequential pictures are read whole: their blocks pass once and leave nothing behind.
 *
 * @param cell pixels of the picture along the shorter side of a pixel of the target
 */
export function chooseDetail(progressive: boolean, cell: number): Detail {
  if (!progressive || cell < 24) return { frequencies: 8, refined: true };
  return cell < 64 ? { frequencies: 3, refined: false } : { frequencies: 1, refined: false };
}

/** Bytes a block: one bit for each coefficient that is not zero, one for its sign. */
const KNOWN_BYTES = 16;

/**
 * Which components of a progressive picture can be refined within `MAX_STATE_BYTES`: luma comes first in a file and
 * matters most. The others stay as their first scans give them.
 *
 * @param blocks of each component
 * @param cellBytes that the sums of all components take
 */
export function chooseRefined(blocks: readonly number[], cellBytes: number): boolean[] {
  let left = MAX_STATE_BYTES - cellBytes;
  return blocks.map((count) => {
    const fits = count * KNOWN_BYTES <= left;
    if (fits) left -= count * KNOWN_BYTES;
    return fits;
  });
}

export function newKnown(blocks: number): Int32Array {
  return new Int32Array((blocks * KNOWN_BYTES) / 4);
}

/** 362 x 362 pixels cost 3 to 6 ms on their own pixels, and 1 to 2 on the target's. */
const PIXEL_CELLS = 131_072;

/**
 * Cells that a picture is worth. On the cells of larger colour pictures, `clamping.ts` sees to what goes out of range
 * within a component. What does so between components remains: up to 3 in saturated graphics, 10 in noise of full
 * colours after the strongest compression. Progressive pictures cannot be clamped by blocks; text in theirs is off by up to 8.
 */
export function chooseCells({ components }: FrameHeader, target: { width: number; height: number }): CellLimits {
  // Multiplying by the black of CMYK is never the same on means, so as small cells as there can be.
  if (components.length === 4) return { pixels: MAX_CELLS, parts: MAX_CELLS };
  // Where the target has many cells anyway, a few times as many do not cost much more.
  return { pixels: Math.min(MAX_CELLS, Math.max(PIXEL_CELLS, 4 * target.width * target.height)), parts: 0 };
}
