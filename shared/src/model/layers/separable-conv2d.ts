/** A depthwise convolution followed by a 1x1 convolution across channels. Keras: `SeparableConv2D`. */
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
import { equalStrides } from './depthwise-conv2d.ts';

const config = z.object({
  name: layerName,
  filters: units,
  kernelSize: sizePair,
  strides: equalStrides,
  padding: z._default(padding, 'valid'),
  depthMultiplier: z._default(units, 1),
  dilationRate: noDilation,
  activation: z._default(activationSchema, 'linear'),
  useBias: z._default(z.boolean(), true),
  dataFormat: channelsLast,
  depthwiseRegularizer: regularizerSchema,
  pointwiseRegularizer: regularizerSchema,
});

export const separableConv2d: LayerKind<typeof config> = {
  className: 'SeparableConv2D',
  config,
  outputShape: (c, [input]) => [...slide(c.name, input!, kernelWindow(c)), c.filters],
  weights(c, [input]) {
    const [, , channels] = imageShape(c.name, input!);
    const { depthMultiplier, filters } = c;
    return [
      kernelSpec('depthwise_kernel', [...c.kernelSize, channels, depthMultiplier], c.depthwiseRegularizer),
      kernelSpec('pointwise_kernel', [1, 1, channels * depthMultiplier, filters], c.pointwiseRegularizer),
      ...biasSpec(c, filters),
    ];
  },
  multiplyAdds(c, [input]) {
    const [, , channels] = imageShape(c.name, input!);
    const [rows, columns] = slide(c.name, input!, kernelWindow(c));
    return rows * columns * channels * c.depthMultiplier * (c.kernelSize[0] * c.kernelSize[1] + c.filters);
  },
  apply(c, [input], [depthwise, pointwise, bias]) {
    const { x, padding } = padForWindow(input as Tensor4D, kernelWindow(c));
    const filtered = fused.depthwiseConv2d({ x, filter: depthwise as Tensor4D, strides: c.strides, pad: padding });
    return activateFused(c.activation, (activation) =>
      fused.conv2d({
        x: filtered,
        filter: pointwise as Tensor4D,
        strides: 1,
        pad: 'valid',
        ...(bias ? { bias: bias as Tensor1D } : {}),
        activation,
      }),
    );
  },
};
