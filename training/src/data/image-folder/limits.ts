/** Every limit that an image folder are held to. docs/image-folders.md lists them. */

export const MIN_CLASSES = 2;
/** A release may list more, but a network whose last layer is that wide wants another trainer. */
export const MAX_CLASSES = 1000;
export const MIN_IMAGES = 50;
export const MAX_IMAGES = 1_000_000;
/** Characters of a class name: what a release may carry. */
export const MAX_LABEL_LENGTH = 1000;
/** Bytes of one image's file, which is read as a whole. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;
/** Pixels of a TIFF, AVIF or HEIC, which is decoded as a whole. Other formats: the Worker's own limits. */
export const MAX_WHOLE_PIXELS = 50_000_000;
