/** The chromaticities of a color space → the matrix from its linear RGB to that of sRGB. */
import { apply, columns, inverse, type Matrix, product, type Vector } from './matrix.ts';

/** CIE 1931 x and y. */
export type Chromaticity = readonly [x: number, y: number];

export interface Primaries {
  readonly white: Chromaticity;
  readonly red: Chromaticity;
  readonly green: Chromaticity;
  readonly blue: Chromaticity;
}

const D65 = [0.3127, 0.329] as const;

/** By number in ITU-T H.273, table 2. */
export const standardPrimaries: Readonly<Record<number, Primaries>> = {
  1: { white: D65, red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] },
  5: { white: D65, red: [0.64, 0.33], green: [0.29, 0.6], blue: [0.15, 0.06] },
  6: { white: D65, red: [0.63, 0.34], green: [0.31, 0.595], blue: [0.155, 0.07] },
  9: { white: D65, red: [0.708, 0.292], green: [0.17, 0.797], blue: [0.131, 0.046] },
  12: { white: D65, red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
};

/** The profile connection space's white (ICC.1:2022, 6.3.4.3). */
const D50: Vector = [0.9642, 1, 0.8249];
/** Bradford's cone responses (ICC.1:2022, E.1). */
const BRADFORD: Matrix = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296];
const BRADFORD_INVERSE = inverse(BRADFORD)!;

/** Linear sRGB → XYZ, adapted to D50: the columns of the usual sRGB profile. */
const SRGB_TO_XYZ = columns(
  [0.43606567, 0.2224884, 0.01391602],
  [0.38514709, 0.71687317, 0.09707642],
  [0.14306641, 0.06060791, 0.71409607],
);
/** XYZ of the profile connection space → linear sRGB. */
export const XYZ_TO_SRGB = inverse(SRGB_TO_XYZ)!;

/** @returns linear RGB of these primaries → linear sRGB. Undefined if the primaries are degenerate */
export function primariesToSrgb({ white, red, green, blue }: Primaries): Matrix | undefined {
  const rgb = columns(xyz(red), xyz(green), xyz(blue));
  const inverseRgb = inverse(rgb);
  if (!inverseRgb || !(white[1] > 0)) return undefined;
  const whiteXyz = xyz(white);
  // The amount of each primary in white (SMPTE RP 177, 3.3).
  const [r, g, b] = apply(inverseRgb, whiteXyz);
  const toXyz = product(rgb, [r, 0, 0, 0, g, 0, 0, 0, b]);
  const from = apply(BRADFORD, whiteXyz);
  const to = apply(BRADFORD, D50);
  const scale: Matrix = [to[0] / from[0], 0, 0, 0, to[1] / from[1], 0, 0, 0, to[2] / from[2]];
  const matrix = product(XYZ_TO_SRGB, product(BRADFORD_INVERSE, product(scale, product(BRADFORD, toXyz))));
  return matrix.every(Number.isFinite) ? matrix : undefined;
}

/** XYZ with luminance 1. */
function xyz([x, y]: Chromaticity): Vector {
  return [x / y, 1, (1 - x - y) / y];
}
