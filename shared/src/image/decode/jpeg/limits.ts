/**
 * Everything that bounds one JPEG decode beside the declared pixels, which the caller limits. Each is reached by made-up
 * files alone or lowers the detail of a rare one; none depends on the machine.
 */
import { undecodable } from './undecodable.ts';

/** Encoders write up to about 20. A scan of a dozen bytes can cost a walk over all blocks, or a search for the next. */
export const MAX_SCANS = 100;

/**
 * Units of work: one for each block that a scan visits and for each that several scans gave, one for every 64 additions
 * to cells that its bits can cause, and a few for each block that has to be clamped. 108 megapixels of progressive 4:2:0
 * for the largest target take about 18 million, without subsampling 36 million, a 12-megapixel photo of the best quality
 * 3 million. All of it takes a few seconds on a slow core.
 */
export const MAX_WORK = 48e6;

/** Units for a block whose samples `clamping.ts` looks at. */
export const CLAMPING_WORK = 8;

/** Blocks that are looked at: 21 megapixels without subsampling, 42 of 4:2:0. Later ones are not clamped. */
export const MAX_CLAMPED_BLOCKS = 1e6;

/** Blocks of all components of a progressive image of which all scans are read: 128 megapixels, or 256 of 4:2:0. */
export const MAX_REFINED_BLOCKS = 6e6;

/**
 * Bytes of cell sums and of the coefficients under a row of MCUs. The rest of the 8 MB that a decode may take beside the
 * file is for the result and its turned copy (0.8 MB each), weights (0.5 MB for a side of 65,535), tables and the
 * windows of the bit readers (0.5 MB for 100 scans).
 */
export const MAX_STATE_BYTES = 5e6;

/** Cells per component: as many as the largest target has pixels. */
export const MAX_CELLS = 512 * 512;

/** Embedded profiles of cameras and phones have 0.5 to 4 KB; those for print, which are not read, up to 2 MB. */
export const MAX_ICC_BYTES = 65_536;

/**
 * Share of a scan's MCUs that may be lost between restart markers before the image counts as damaged. One row of
 * MCUs of a phone photo is half a percent.
 */
export const MAX_LOST_SHARE = 0.01;

/** Counts work and ends it at `MAX_WORK`: the same files fail on each machine, whatever its speed. */
export class WorkMeter {
  #spent = 0;

  /** @throws {ImageError} image-undecodable with `limit` and `actual` */
  spend(units: number): void {
    this.#spent += units;
    if (this.#spent <= MAX_WORK) return;
    throw undecodable('takes more work than any camera makes; save it anew', {
      details: { limit: MAX_WORK, actual: Math.ceil(this.#spent) },
    });
  }
}
