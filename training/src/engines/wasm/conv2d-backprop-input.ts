/**
 * The gradient of a convolution with respect to its input: the output's gradient, dilated by the stride, convolved with the
 * filter rotated by 180 degrees.
 */
import {
  backend_util,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  conv2d,
  type KernelConfig,
  pad as padTensor,
  reshape,
  reverse,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { fitPlane } from './fit-plane.ts';

export const conv2dBackpropInput: KernelConfig = {
  kernelName: Conv2DBackpropInput,
  backendName: 'wasm',
  /** dy [n, rows, columns, out], filter [kernel height, kernel width, in, out] → [n, height, width, in] */
  kernelFunc: ({ inputs, attrs }) => {
    const { dy, filter } = inputs as unknown as { dy: Tensor4D; filter: Tensor4D };
    const { inputShape, strides, pad, dimRoundingMode } = attrs as unknown as Conv2DBackpropInputAttrs;
    const info = backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
    const { filterHeight, filterWidth, inHeight, inWidth, padInfo } = info;
    return tidy(() => {
      const dilated = dilate(dy, info.strideHeight, info.strideWidth);
      const needed = [inHeight + filterHeight - 1, inWidth + filterWidth - 1] as const;
      const plane = fitPlane(dilated, filterHeight - 1 - padInfo.top, filterWidth - 1 - padInfo.left, needed);
      const rotated = transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]);
      return conv2d(plane, rotated, 1, 'valid');
    });
  },
};

/** Inserts stride - 1 zeros after each value of a row and after each row. */
function dilate(dy: Tensor4D, rows: number, columns: number): Tensor4D {
  if (rows === 1 && columns === 1) return dy;
  const [n, height, width, channels] = dy.shape;
  const zeros = padTensor(reshape(dy, [n, height, 1, width, 1, channels]), [
    [0, 0],
    [0, 0],
    [0, rows - 1],
    [0, 0],
    [0, columns - 1],
    [0, 0],
  ]);
  return reshape(zeros, [n, height * rows, width * columns, channels]);
}
