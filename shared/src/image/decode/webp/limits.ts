/** Limits of a WebP decode. */

/** Pixels of the longer side of the canvas. Bounds the memory of a row. Frames have at most 16,384. */
export const MAX_SIDE = 65_535;

/**
 * Maximum size of libwebp's memory. It is refused more, whatever it is for: pixels, the tables of a lossless image (12 KB for
 * each group of prefix codes, of which a file of 300 KB can have 65,536), an alpha channel, or the file itself.
 */
export const MAX_CODEC_BYTES = 80 * 2 ** 20;

/** Memory of the codec before it has decoded anything: its stack and static data. */
const CODEC_BYTES = 2 ** 18;

/** libwebp decodes the whole image to RGBA, and a lossless one from a copy of the same size. */
export const LOSSY_BYTES_PER_PIXEL = 4;
export const LOSSLESS_BYTES_PER_PIXEL = 8;
/** The binding copies the file twice. */
const COPIES_OF_FILE = 2;

/** Checked before decoding: the pixels for which the codec has memory, besides the file. */
export function maxDecodedPixels(fileBytes: number, lossless: boolean): number {
  const bytes = MAX_CODEC_BYTES - CODEC_BYTES - COPIES_OF_FILE * fileBytes;
  return Math.max(0, Math.floor(bytes / (lossless ? LOSSLESS_BYTES_PER_PIXEL : LOSSY_BYTES_PER_PIXEL)));
}

/** Units of work (`work-meter.ts`), charged before decoding, because the codec cannot be interrupted. */
export const PIXEL_WORK = 1.5;
export const LOSSY_BYTE_WORK = 5;
/** Also of an alpha channel. */
export const LOSSLESS_BYTE_WORK = 1;
