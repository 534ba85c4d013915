/** Limits of a WebP decode. */

/** Pixels of the longer side of the canvas. Bounds the memory of a row. Frames have at most 16,384. */
export const MAX_SIDE = 65_535;

/**
 * Memory for decoding a WebP, calculated before decoding. libwebp decodes the whole image (4 bytes per pixel), its binding
 * copies it out of the codec's memory (4 more), and lossless images are held twice (4 more).
 */
export const MAX_DECODED_BYTES = 104e6;
export const LOSSY_BYTES_PER_PIXEL = 8;
export const LOSSLESS_BYTES_PER_PIXEL = 12;
