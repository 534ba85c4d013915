/** 3 x 3 matrices in row-major order. Colors are column vectors. */

export type Matrix = readonly [number, number, number, number, number, number, number, number, number];
export type Vector = readonly [number, number, number];

export function columns([a, d, g]: Vector, [b, e, h]: Vector, [c, f, i]: Vector): Matrix {
  return [a, b, c, d, e, f, g, h, i];
}

export function apply([a, b, c, d, e, f, g, h, i]: Matrix, [x, y, z]: Vector): Vector {
  return [a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z];
}

/** Applies `right` first, then `left`. */
export function product(left: Matrix, right: Matrix): Matrix {
  const [a, b, c, d, e, f, g, h, i] = right;
  return columns(apply(left, [a, d, g]), apply(left, [b, e, h]), apply(left, [c, f, i]));
}

/** @returns undefined if the matrix is singular */
export function inverse([a, b, c, d, e, f, g, h, i]: Matrix): Matrix | undefined {
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (!Number.isFinite(1 / determinant)) return undefined;
  const cofactors = [
    ...[e * i - f * h, c * h - b * i, b * f - c * e],
    ...[f * g - d * i, a * i - c * g, c * d - a * f],
    ...[d * h - e * g, b * g - a * h, a * e - b * d],
  ];
  return cofactors.map((value) => value / determinant) as unknown as Matrix;
}
