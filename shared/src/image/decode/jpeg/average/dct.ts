/** The DCT of a block and its inverse (ITU-T T.81, A.3.3), for blocks whose samples are needed: see `clamping.ts`. */
import { BASIS } from './area-weights.ts';

/** A_u is cos(u x pi / 16) / 2. */
const A1 = BASIS[8]!;
const A2 = BASIS[16]!;
const A3 = BASIS[24]!;
const A4 = BASIS[32]!;
const A5 = BASIS[40]!;
const A6 = BASIS[48]!;
const A7 = BASIS[56]!;

/**
 * In place: coefficients, v * 8 + u → samples, y * 8 + x.
 *
 * @param rows the last v with a coefficient that is not zero, plus 1
 */
export function inverseDct(block: Float64Array, rows: number): void {
  for (let v = 0; v < rows; v++) inverse8(block, v * 8, 1);
  for (let x = 0; x < 8; x++) inverse8(block, x, 8);
}

/** In place: samples → coefficients. */
export function forwardDct(block: Float64Array): void {
  for (let y = 0; y < 8; y++) forward8(block, y * 8, 1);
  for (let u = 0; u < 8; u++) forward8(block, u, 8);
}

/** Uses symmetry: cosines of even frequencies are mirrored around the center, those of odd frequencies with opposite sign. */
function inverse8(block: Float64Array, at: number, step: number): void {
  const c0 = block[at]!;
  const c1 = block[at + step]!;
  const c2 = block[at + 2 * step]!;
  const c3 = block[at + 3 * step]!;
  const c4 = block[at + 4 * step]!;
  const c5 = block[at + 5 * step]!;
  const c6 = block[at + 6 * step]!;
  const c7 = block[at + 7 * step]!;
  const outer = (c0 + c4) * A4;
  const inner = (c0 - c4) * A4;
  const outerSlope = c2 * A2 + c6 * A6;
  const innerSlope = c2 * A6 - c6 * A2;
  const even0 = outer + outerSlope;
  const even1 = inner + innerSlope;
  const even2 = inner - innerSlope;
  const even3 = outer - outerSlope;
  const odd0 = c1 * A1 + c3 * A3 + c5 * A5 + c7 * A7;
  const odd1 = c1 * A3 - c3 * A7 - c5 * A1 - c7 * A5;
  const odd2 = c1 * A5 - c3 * A1 + c5 * A7 + c7 * A3;
  const odd3 = c1 * A7 - c3 * A5 + c5 * A3 - c7 * A1;
  block[at] = even0 + odd0;
  block[at + step] = even1 + odd1;
  block[at + 2 * step] = even2 + odd2;
  block[at + 3 * step] = even3 + odd3;
  block[at + 4 * step] = even3 - odd3;
  block[at + 5 * step] = even2 - odd2;
  block[at + 6 * step] = even1 - odd1;
  block[at + 7 * step] = even0 - odd0;
}

function forward8(block: Float64Array, at: number, step: number): void {
  const x0 = block[at]!;
  const x1 = block[at + step]!;
  const x2 = block[at + 2 * step]!;
  const x3 = block[at + 3 * step]!;
  const x4 = block[at + 4 * step]!;
  const x5 = block[at + 5 * step]!;
  const x6 = block[at + 6 * step]!;
  const x7 = block[at + 7 * step]!;
  const sum0 = x0 + x7;
  const sum1 = x1 + x6;
  const sum2 = x2 + x5;
  const sum3 = x3 + x4;
  const slope0 = x0 - x7;
  const slope1 = x1 - x6;
  const slope2 = x2 - x5;
  const slope3 = x3 - x4;
  block[at] = (sum0 + sum1 + sum2 + sum3) * A4;
  block[at + step] = slope0 * A1 + slope1 * A3 + slope2 * A5 + slope3 * A7;
  block[at + 2 * step] = (sum0 - sum3) * A2 + (sum1 - sum2) * A6;
  block[at + 3 * step] = slope0 * A3 - slope1 * A7 - slope2 * A1 - slope3 * A5;
  block[at + 4 * step] = (sum0 - sum1 - sum2 + sum3) * A4;
  block[at + 5 * step] = slope0 * A5 - slope1 * A1 + slope2 * A7 + slope3 * A3;
  block[at + 6 * step] = (sum0 - sum3) * A6 - (sum1 - sum2) * A2;
  block[at + 7 * step] = slope0 * A7 - slope1 * A5 + slope2 * A3 - slope3 * A1;
}
