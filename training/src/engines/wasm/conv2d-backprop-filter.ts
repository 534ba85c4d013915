/**
 * The gradient of a convolution with respect to its filter, computed as a convolution: the batch becomes the channels, the
 * output's gradient becomes the filter, and the stride becomes the dilation.
 */
import {
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  conv2d,
  type KernelConfig,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import { fitPlane } from './fit-plane.ts';

export const conv2dBackpropFilter: KernelConfig = {
  kernelName: Conv2DBackpropFilter,
  backendName: 'wasm',
  /** x [n, height, width, in], dy [n, rows, columns, out] → [kernel height, kernel width, in, out] */
  kernelFunc: ({ inputs, attrs }) => {
    const { x, dy } = inputs as unknown as { x: Tensor4D; dy: Tensor4D };
    const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as Conv2DBackpropFilterAttrs;
    const info = backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
    const needed = [
      info.filterHeight + (info.outHeight - 1) * info.strideHeight,
      info.filterWidth + (info.outWidth - 1) * info.strideWidth,
    ] as const;
    return tidy(() => {
      const channelsAsBatch = transpose(x, [3, 1, 2, 0]);
      const gradientAsFilter = transpose(dy, [1, 2, 0, 3]);
      const plane = fitPlane(channelsAsBatch, info.padInfo.top, info.padInfo.left, needed);
      const gradient = conv2d(plane, gradientAsFilter, 1, 'valid', 'NHWC', [info.strideHeight, info.strideWidth]);
      return transpose(gradient, [1, 2, 0, 3]);
    });
  },
};
