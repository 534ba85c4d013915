/** The two gradients of a depthwise convolution as plain loops over WASM memory. The WASM backend has no kernels for them. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

type Shape = [number, number, number, number];

/** Called for each product of the convolution with the indices into the three arrays. */
type Visit = (input: number, kernel: number, output: number) => void;

export const depthwiseBackpropFilter: KernelConfig = {
  kernelName: DepthwiseConv2dNativeBackpropFilter,
  backendName: 'wasm',
  /** x [n, height, width, in], dy [n, rows, columns, in * multiplier] → [kernel height, kernel width, in, multiplier] */
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, dy } = inputs as unknown as { x: TensorInfo; dy: TensorInfo };
    const { filterShape, ...geometry } = attrs as unknown as DepthwiseConv2dNativeBackpropFilterAttrs;
    const { output, views } = openViews(backend as BackendWasm, [x, dy], filterShape);
    const [values, gradient, result] = views;
    forEachProduct(x.shape as Shape, filterShape, geometry, (at, kernel, out) => {
      result![kernel]! += values![at]! * gradient![out]!;
    });
    return output;
  },
};

export const depthwiseBackpropInput: KernelConfig = {
  kernelName: DepthwiseConv2dNativeBackpropInput,
  backendName: 'wasm',
  /** dy [n, rows, columns, in * multiplier], filter [kernel height, kernel width, in, multiplier] → [n, height, width, in] */
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { dy, filter } = inputs as unknown as { dy: TensorInfo; filter: TensorInfo };
    const { inputShape, ...geometry } = attrs as unknown as DepthwiseConv2dNativeBackpropInputAttrs;
    const { output, views } = openViews(backend as BackendWasm, [dy, filter], inputShape);
    const [gradient, kernels, result] = views;
    forEachProduct(inputShape, filter.shape as Shape, geometry, (at, kernel, out) => {
      result![at]! += kernels![kernel]! * gradient![out]!;
    });
    return output;
  },
};

function openViews(wasm: BackendWasm, inputs: readonly TensorInfo[], shape: Shape) {
  const output = wasm.makeOutput(shape, 'float32');
  // Create the views after the output: allocating it may grow the memory, which detaches older views.
  const views = [...inputs, output].map((tensor) => wasm.typedArrayFromHeap(tensor) as Float32Array);
  views.at(-1)!.fill(0);
  return { output, views };
}

function forEachProduct(
  input: Shape,
  kernel: Shape,
  { strides, pad, dilations, dimRoundingMode }: Omit<DepthwiseConv2dNativeBackpropInputAttrs, 'inputShape'>,
  visit: Visit,
): void {
  const info = backend_util.computeConv2DInfo(input, kernel, strides, dilations, pad, dimRoundingMode, true);
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info;
  const multiplier = outChannels / inChannels;
  for (let n = 0; n < input[0]; n++) {
    for (let row = 0; row < outHeight; row++) {
      for (let column = 0; column < outWidth; column++) {
        const out = ((n * outHeight + row) * outWidth + column) * outChannels;
        for (let i = 0; i < filterHeight; i++) {
          const y = row * info.strideHeight - info.padInfo.top + i * info.dilationHeight;
          if (y < 0 || y >= inHeight) continue;
          for (let j = 0; j < filterWidth; j++) {
            const x = column * info.strideWidth - info.padInfo.left + j * info.dilationWidth;
            if (x < 0 || x >= inWidth) continue;
            const at = ((n * inHeight + y) * inWidth + x) * inChannels;
            const of = (i * filterWidth + j) * outChannels;
            for (let channel = 0; channel < outChannels; channel++) {
              visit(at + Math.floor(channel / multiplier), of + channel, out + channel);
            }
          }
        }
      }
    }
  }
}
