/** Conversion from the color space of an image to sRGB. */

/** Converts [n * 3] values of 0-255 in place, without rounding. Colors outside sRGB are clamped. */
export type ColorTransform = (rgb: Float64Array) => void;

/** `as-stored` treats every image as sRGB, like tools without color management. */
export type ColorHandling = 'srgb' | 'as-stored';
