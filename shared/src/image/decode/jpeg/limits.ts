/**
 * All limits of a JPEG decode except the declared pixels, which the caller limits. Only crafted files reach them, or they
 * reduce the detail of rare images. None depends on the machine.
 */
/** Encoders write up to about 20. A scan of a few bytes can cost a pass over all blocks, or a search for the next marker. */
export const MAX_SCANS = 100;

/**
 * Units of work (`work-meter.ts`): one for each block that a scan visits, one for each block of an image with several scans,
 * and these.
 */
/** A bit of a sequential scan, for each cell that its coefficient is added to, and a bit of a progressive one. */
export const BIT_WORK = 1 / 32;
export const PROGRESSIVE_BIT_WORK = 0.8;
/** A block whose samples `clamping.ts` examines. */
export const CLAMPING_WORK = 100;
/** A segment, and a marker or stuffed zero outside of one. */
export const SEGMENT_WORK = 4;
export const MARKER_WORK = 1.5;
/** A quantization table, a Huffman table, and each of its codes. */
export const QUANTIZATION_TABLE_WORK = 70;
export const HUFFMAN_TABLE_WORK = 300;
export const HUFFMAN_CODE_WORK = 3;
/** The start of a restart interval. */
export const RESTART_WORK = 45;

/**
 * Blocks that are examined for clamping, of those that need it: 3 megapixels without subsampling, 6 of 4:2:0. Later blocks are
 * not clamped.
 */
export const MAX_CLAMPED_BLOCKS = 150_000;

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
