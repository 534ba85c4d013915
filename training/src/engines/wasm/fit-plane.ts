import { pad, slice, type Tensor4D } from '@tensorflow/tfjs-core';

/**
 * Shifts [n, height, width, channels] down by `top` and right by `left`, then pads with zeros or crops to `size`. A
 * negative shift crops at the top or left.
 */
export function fitPlane(x: Tensor4D, top: number, left: number, size: readonly [number, number]): Tensor4D {
  const [n, height, width, channels] = x.shape;
  const bottom = size[0] - height - top;
  const right = size[1] - width - left;
  const cut = [-top, -bottom, -left, -right].map((amount) => Math.max(0, amount)) as [number, number, number, number];
  const kept = cut.some((amount) => amount > 0)
    ? slice(x, [0, cut[0], cut[2], 0], [n, height - cut[0] - cut[1], width - cut[2] - cut[3], channels])
    : x;
  const add = [top, bottom, left, right].map((amount) => Math.max(0, amount)) as [number, number, number, number];
  if (add.every((amount) => amount === 0)) return kept;
  return pad(kept, [
    [0, 0],
    [add[0], add[1]],
    [add[2], add[3]],
    [0, 0],
  ]);
}
