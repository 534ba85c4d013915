/** From an image's own colors to sRGB. */

/** Converts [n * 3] values in place, 0-255, not rounded. What lies outside sRGB is clamped. */
export type ColorTransform = (rgb: Float64Array) => void;

/** `as-stored` takes every image for sRGB, as tools do that know no profiles. */
export type ColorHandling = 'srgb' | 'as-stored';
