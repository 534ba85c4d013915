/** A color space of three curves and a matrix, and the way from it to sRGB. */
import type { ColorTransform } from './color-transform.ts';
import type { Matrix } from './matrix.ts';
import { lightToSrgb } from './srgb.ts';

/** A stored value of 0-1 → light of 0-1. */
export type Curve = (value: number) => number;

export interface RgbSpace {
  readonly curves: readonly [red: Curve, green: Curve, blue: Curve];
  /** Light of this space → light of sRGB's primaries; undefined where they are the same. */
  readonly matrix: Matrix | undefined;
}

/** Least change that is carried out, of 255. Profiles of sRGB, some of them coarse, stay below. */
const MIN_VISIBLE_CHANGE = 1;
/** Between gammas of 2.2, which are near, and 1.8, which are not. */
const MAX_CURVE_DIFFERENCE = 12 / 255;

/**
 * Relative colorimetric, clamped, as browsers show images. To be applied to the averages of an image's values: there
 * are a thousand of them and not millions. On photos averaged to 32 x 32 this differs from converting each pixel by a
 * mean of .2 of 255 for Display P3 and .2-.7 for Adobe RGB; single cells, at borders of saturated colors, by up to 10.
 *
 * @returns undefined where no color changes by 1 of 255 or more: the space is sRGB
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

/** The part of the way that a single channel can go: its curve replaced by sRGB's. */
export function curveToSrgb(curve: Curve): Curve {
  return (value) => lightToSrgb(clamp(curve(value)));
}

/**
 * Whether averages must not be converted in place of pixels, as the average of values means something else on this
 * curve: by a gamma of 1.8 photos would be a mean of 3 of 255 off, by one of 1.0 a mean of 12.
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
