/** A color space of three curves and a matrix, and its conversion to sRGB. */
import type { ColorTransform } from './color-transform.ts';
import type { Matrix } from './matrix.ts';
import { lightToSrgb } from './srgb.ts';

/** A stored value of 0-1 → a linear value of 0-1. */
export type Curve = (value: number) => number;

export interface RgbSpace {
  readonly curves: readonly [red: Curve, green: Curve, blue: Curve];
  /** Linear RGB of this space → linear sRGB. Undefined if they are the same. */
  readonly matrix: Matrix | undefined;
}

/** Smaller changes, of 255, are ignored. Profiles of sRGB, even coarse ones, stay below. */
const MIN_VISIBLE_CHANGE = 1;
/** Separates gammas near 2.2 from, for example, 1.8. */
const MAX_CURVE_DIFFERENCE = 12 / 255;

/**
 * Relative colorimetric, clamped, as browsers show images. Applied to averages: a thousand values instead of millions. For
 * photos averaged to 32 x 32, the mean difference from converting each pixel is 0.2 of 255 for Display P3 and 0.2-0.7 for
 * Adobe RGB. Single cells at edges of saturated colors differ by up to 10.
 *
 * @returns undefined if no color changes by 1 of 255 or more, that is, if the space is sRGB
 */
export function transformToSrgb(space: RgbSpace): ColorTransform | undefined {
  const transform = toSrgb(space);
  const colors: number[] = [];
  const steps = [0, 32, 64, 96, 128, 160, 192, 224, 255];
  for (const r of steps) for (const g of steps) for (const b of steps) colors.push(r, g, b);
  for (let gray = 0; gray < 256; gray += 5) colors.push(gray, gray, gray);
  const converted = Float64Array.from(colors);
  transform(converted);
  if (!converted.every(Number.isFinite)) return undefined;
  return converted.some((value, i) => Math.abs(value - colors[i]!) >= MIN_VISIBLE_CHANGE) ? transform : undefined;
}

/** Converts a single channel from its curve to sRGB's, without the matrix. */
export function curveToSrgb(curve: Curve): Curve {
  return (value) => lightToSrgb(clamp(curve(value)));
}

/**
 * Whether pixels must be converted before averaging, because averages on this curve differ too much: with a gamma of 1.8,
 * photos would be off by a mean of 3 of 255, with 1.0 by 12.
 */
export function isFarFromSrgb(curve: Curve): boolean {
  const converted = curveToSrgb(curve);
  for (let value = 0; value <= 1; value += 1 / 16)
    if (Math.abs(converted(value) - value) > MAX_CURVE_DIFFERENCE) return true;
  return false;
}

function toSrgb({ curves: [red, green, blue], matrix }: RgbSpace): ColorTransform {
  return (rgb) => {
    for (let i = 0; i < rgb.length; i += 3) {
      const r = red(clamp(rgb[i]! / 255));
      const g = green(clamp(rgb[i + 1]! / 255));
      const b = blue(clamp(rgb[i + 2]! / 255));
      if (matrix) {
        rgb[i] = matrix[0] * r + matrix[1] * g + matrix[2] * b;
        rgb[i + 1] = matrix[3] * r + matrix[4] * g + matrix[5] * b;
        rgb[i + 2] = matrix[6] * r + matrix[7] * g + matrix[8] * b;
      } else {
        rgb[i] = r;
        rgb[i + 1] = g;
        rgb[i + 2] = b;
      }
    }
    for (let i = 0; i < rgb.length; i++) rgb[i] = 255 * lightToSrgb(clamp(rgb[i]!));
  };
}

function clamp(value: number): number {
  return Math.min(Math.max(value, 0), 1);
}
