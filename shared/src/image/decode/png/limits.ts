/** What a PNG may cost. All are counted, not timed, so that the same file is refused on every machine. */

/**
 * Pixels of the longer side, as in JPEG. Bounds the memory of a row (65,535 x 8 bytes, twice) and the number of rows,
 * each of which costs a line of cells however short it is.
 */
export const MAX_SIDE = 65_535;

/**
 * Bytes that the image data may inflate to: 89 megapixels of RGB, 67 of RGBA, 33 with 16 bits a sample. They take
 * 2-3 s of CPU time where they are noise, and as much may come from a file of 260 KB.
 */
export const MAX_ROW_BYTES = 2 ** 28;

/** Deflate expands by no more: 258 bytes from 2 bits, plus framing (zlib's own bound). */
export const MAX_EXPANSION = 1032;

/** Writers put 8 KiB and more into one, so this is 400 MB. Empty ones cost a few hundred nanoseconds each. */
export const MAX_CHUNKS = 50_000;

/** Inflated; LUT profiles are larger, but of no use here. Those of screens and cameras take .5 to 4 KB. */
export const MAX_PROFILE_BYTES = 2 ** 16;

/**
 * Blocks of compressed data with codes of their own, which take 7 microseconds each though they be empty (11 bytes).
 * Writers put 16,000 codes and more into one: 268 MB of noise have as many.
 */
export const MAX_CODE_TABLES = 2 ** 17;
