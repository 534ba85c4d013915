/** The largest difference of two tensors, relative to the largest value of the expected one. */
import type { Tensor } from './keras-reference.ts';

/** @throws {Error} if the sizes differ or a value is not finite */
export function relativeDifference(got: Tensor, wanted: Tensor): number {
  if (got.values.length !== wanted.values.length) {
    throw new Error(`[${got.shape}] was compared with [${wanted.shape}]`);
  }
  let largest = 0;
  let difference = 0;
  for (const [i, value] of wanted.values.entries()) {
    largest = Math.max(largest, Math.abs(value));
    difference = Math.max(difference, Math.abs(got.values[i]! - value));
    if (!Number.isFinite(got.values[i]! - value)) throw new Error(`${got.values[i]} was compared with ${value}`);
  }
  return difference === 0 ? 0 : difference / largest;
}
