/** Limits of a PNG decode. All are counted, not timed, so that the same files are refused on every machine. */

/**
 * Pixels of the longer side, as in JPEG. Bounds the memory of a row (65,535 x 8 bytes, twice) and the number of rows: each
 * row costs a line of cells, however short it is.
 */
export const MAX_SIDE = 65_535;

/**
 * Units of work (`work-meter.ts`). What the header declares is checked first: pixels, and bytes of their rows, with 8 bits per
 * sample or 16.
 */
export const PIXEL_WORK = 0.5;
export const WIDE_PIXEL_WORK = 1.4;
export const BYTE_WORK = 0.24;
export const ROW_WORK = 20;
/** A byte whose filter depends on the one before it. */
export const FILTERED_BYTE_WORK = 0.12;
/** A byte of compressed data, a block of it, and the tables of a block. */
export const COMPRESSED_BYTE_WORK = 1.1;
export const BLOCK_WORK = 3;
export const CODE_TABLE_WORK = 1000;

/** The maximum expansion of deflate: 258 bytes from 2 bits, plus framing (zlib's own bound). */
export const MAX_EXPANSION = 1032;

/** Encoders write chunks of 8 KiB and more, so this is 400 MB. Empty chunks cost a few hundred nanoseconds each. */
export const MAX_CHUNKS = 50_000;

/** Inflated. Profiles of screens and cameras have 0.5 to 4 KB. LUT profiles are larger, but are not supported anyway. */
export const MAX_PROFILE_BYTES = 2 ** 16;
