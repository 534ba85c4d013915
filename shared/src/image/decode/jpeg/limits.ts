/**
 * All limits of a JPEG decode except the declared pixels, which the caller limits. Only crafted files reach them, or they
 * reduce the detail of rare images. None depends on the machine.
 */
import { undecodable } from './undecodable.ts';

/** Encoders write up to about 20. A scan of a few bytes can cost a pass over all blocks, or a search for the next marker. */
export const MAX_SCANS = 100;

/**
 * Units of work: one for each block that a scan visits, one for each block of an image with several scans, one for every
 * 64 additions to cells that its bits can cause, and `CLAMPING_WORK` for each block that is examined for clamping.
 * 108 megapixels of progressive 4:2:0 for the largest target need about 18 million units, without subsampling 36 million,
 * and a 12-megapixel photo of the highest quality 3 million. The maximum takes a few seconds on a slow core.
 */
export const MAX_WORK = 48e6;

/** Units for a block whose samples `clamping.ts` examines. */
export const CLAMPING_WORK = 8;

/** Blocks that are examined for clamping: 21 megapixels without subsampling, 42 of 4:2:0. Later blocks are not clamped. */
export const MAX_CLAMPED_BLOCKS = 1e6;

/** Maximum blocks of a progressive image for which all scans are read: 128 megapixels, or 256 of 4:2:0. */
export const MAX_REFINED_BLOCKS = 6e6;

/**
 * Bytes of cell sums and of the coefficients of one row of MCUs. A decode may use 8 MB besides the file; the rest is for
 * the result and its rotated copy (0.8 MB each), weights (0.5 MB for a side of 65,535), tables, and the windows of the bit
 * readers (0.5 MB for 100 scans).
 */
export const MAX_STATE_BYTES = 5e6;

/** Cells per component: as many as the largest target has pixels. */
export const MAX_CELLS = 512 * 512;

/** Profiles of cameras and phones have 0.5 to 4 KB. Profiles for print, which are ignored, have up to 2 MB. */
export const MAX_ICC_BYTES = 65_536;

/**
 * Maximum share of a scan's MCUs that may be lost between restart markers. Above it, the image counts as damaged. One row
 * of MCUs of a phone photo is half a percent.
 */
export const MAX_LOST_SHARE = 0.01;

/** Counts work up to `MAX_WORK`, so that the same files fail on every machine, regardless of its speed. */
export class WorkMeter {
  #spent = 0;

  /** @throws {ImageError} image-undecodable with `limit` and `actual` */
  spend(units: number): void {
    this.#spent += units;
    if (this.#spent <= MAX_WORK) return;
    throw undecodable('needs too much work to decode; save it again', {
      details: { limit: MAX_WORK, actual: Math.ceil(this.#spent) },
    });
  }
}
