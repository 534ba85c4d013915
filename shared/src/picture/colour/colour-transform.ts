/** From a picture's own colours to sRGB. */

/** Converts [n * 3] values in place, 0-255, not rounded. What lies outside sRGB is clamped. */
export type ColourTransform = (rgb: Float64Array) => void;

/** `as-stored` takes every picture for sRGB, as tools do that know no profiles. */
export type ColourHandling = 'srgb' | 'as-stored';
