/** The limits for an image folder. docs/image-folders.md lists them. */

export const MIN_CLASSES = 2;
/** A release may have more, but a network with such a wide last layer needs a different trainer. */
export const MAX_CLASSES = 1000;
export const MIN_IMAGES = 50;
export const MAX_IMAGES = 1_000_000;
/** Characters of a class name; the limit of a release. */
export const MAX_LABEL_LENGTH = 1000;
/** Size of an image file in bytes; the whole file is read into memory. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;
/** Pixels of a TIFF, AVIF or HEIC, which is decoded in one piece. Other formats have the Worker's limits. */
export const MAX_WHOLE_PIXELS = 50_000_000;
