/** What a WebP may cost. */

/** Pixels of the longer side of the canvas; frames have 16,384 at most. Bounds the memory of a row. */
export const MAX_SIDE = 65_535;

/**
 * Memory that a WebP may take while it is decoded, counted before it is. libwebp makes the whole image (4 bytes a
 * pixel), its binding copies it out of the codec's memory (4 more), and lossless images are held twice (4 more).
 */
export const MAX_DECODED_BYTES = 104e6;
export const LOSSY_BYTES_PER_PIXEL = 8;
export const LOSSLESS_BYTES_PER_PIXEL = 12;
