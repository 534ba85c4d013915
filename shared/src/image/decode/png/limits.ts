/** Limits of a PNG decode. All are counted, not timed, so that the same files are refused on every machine. */

/**
 * Pixels of the longer side, as in JPEG. Bounds the memory of a row (65,535 x 8 bytes, twice) and the number of rows: each
 * row costs a line of cells, however short it is.
 */
export const MAX_SIDE = 65_535;

/**
 * Bytes that the image data may inflate to: 89 megapixels of RGB, 67 of RGBA, 33 with 16 bits per sample. Noise of this
 * size takes 2-3 s of CPU time, and a file of 260 KB can inflate to as much.
 */
export const MAX_ROW_BYTES = 2 ** 28;

/** The maximum expansion of deflate: 258 bytes from 2 bits, plus framing (zlib's own bound). */
export const MAX_EXPANSION = 1032;

/** Encoders write chunks of 8 KiB and more, so this is 400 MB. Empty chunks cost a few hundred nanoseconds each. */
export const MAX_CHUNKS = 50_000;

/** Inflated. Profiles of screens and cameras have 0.5 to 4 KB. LUT profiles are larger, but are not supported anyway. */
export const MAX_PROFILE_BYTES = 2 ** 16;

/**
 * Blocks of compressed data with their own codes. Each takes 7 microseconds, even if it is empty (11 bytes). Encoders write
 * at least 16,000 codes per block, so this corresponds to 268 MB of noise.
 */
export const MAX_CODE_TABLES = 2 ** 17;
