/** Convolves each channel with `depthMultiplier` kernels of its own. Keras: `DepthwiseConv2D`. */
import { fused, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { activateFused } from '../network/activate.ts';
import {
  activationSchema,
  channelsLast,
  imageShape,
  type LayerKind,
  layerName,
  noDilation,
  padding,
  sizePair,
  units,
} from '../network/layer.ts';
import { kernelWindow, padForWindow, slide } from '../network/spatial.ts';
import { biasSpec, kernelSpec, regularizerSchema } from '../network/weight-spec.ts';

/** TensorFlow has no depthwise convolution with two different strides, so no engine could train it. */
export const equalStrides = z._default(
  sizePair.check(z.refine(([rows, columns]) => rows === columns, { message: 'the two strides must be equal' })),
  [1, 1],
);

const config = z.object({
  name: layerName,
  kernelSize: sizePair,
  strides: equalStrides,
  padding: z._default(padding, 'valid'),
  depthMultiplier: z._default(units, 1),
  dilationRate: noDilation,
  activation: z._default(activationSchema, 'linear'),
  useBias: z._default(z.boolean(), true),
  dataFormat: channelsLast,
  depthwiseRegularizer: regularizerSchema,
});

export const depthwiseConv2d: LayerKind<typeof config> = {
  className: 'DepthwiseConv2D',
  config,
  outputShape(c, [input]) {
    const [, , channels] = imageShape(c.name, input!);
    return [...slide(c.name, input!, kernelWindow(c)), channels * c.depthMultiplier];
  },
  weights(c, [input]) {
    const [, , channels] = imageShape(c.name, input!);
    return [
      kernelSpec('depthwise_kernel', [...c.kernelSize, channels, c.depthMultiplier], c.depthwiseRegularizer),
      ...biasSpec(c, channels * c.depthMultiplier),
    ];
  },
  multiplyAdds(c, inputs) {
    const [rows, columns, channels] = this.outputShape(c, inputs) as [number, number, number];
    return rows * columns * channels * c.kernelSize[0] * c.kernelSize[1];
  },
  apply(c, [input], [kernel, bias]) {
    const { x, padding } = padForWindow(input as Tensor4D, kernelWindow(c));
    return activateFused(c.activation, (activation) =>
      fused.depthwiseConv2d({
        x,
        filter: kernel as Tensor4D,
        strides: c.strides,
        pad: padding,
        ...(bias ? { bias: bias as Tensor1D } : {}),
        activation,
      }),
    );
  },
};
