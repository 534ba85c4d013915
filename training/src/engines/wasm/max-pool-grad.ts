/**
 * The gradient of max pooling. The backend's own kernel only considers values above the smallest positive float, so a
 * window of negative values would get no gradient.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  type KernelConfig,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

export const maxPoolGrad: KernelConfig = {
  kernelName: MaxPoolGrad,
  backendName: 'wasm',
  /** dy [n, rows, columns, channels], input [n, height, width, channels] → the input's shape */
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { dy, input } = inputs as unknown as { dy: TensorInfo; input: TensorInfo };
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as MaxPoolGradAttrs;
    const shape = input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const wasm = backend as BackendWasm;
    const output = wasm.makeOutput(input.shape, 'float32');
    // Create the views after the output: allocating it may grow the memory, which detaches older views.
    const [x, gradient, dx] = [input, dy, output].map((tensor) => wasm.typedArrayFromHeap(tensor)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    dx.fill(0);
    const { inChannels, inHeight, inWidth, outHeight, outWidth } = info;
    let from = 0;
    for (let n = 0; n < shape[0]; n++) {
      for (let row = 0; row < outHeight; row++) {
        const top = row * info.strideHeight - info.padInfo.top;
        for (let column = 0; column < outWidth; column++) {
          const left = column * info.strideWidth - info.padInfo.left;
          const [firstY, lastY] = [Math.max(0, top), Math.min(inHeight, top + info.filterHeight)];
          const [firstX, lastX] = [Math.max(0, left), Math.min(inWidth, left + info.filterWidth)];
          for (let channel = 0; channel < inChannels; channel++) {
            // The first of equal values wins, as in TensorFlow.
            let best = ((n * inHeight + firstY) * inWidth + firstX) * inChannels + channel;
            for (let y = firstY; y < lastY; y++) {
              for (let column = firstX; column < lastX; column++) {
                const at = ((n * inHeight + y) * inWidth + column) * inChannels + channel;
                if (x[at]! > x[best]!) best = at;
              }
            }
            dx[best]! += gradient[from++]!;
          }
        }
      }
    }
    return output;
  },
};
