/** 2-D convolution with an optional bias and activation, channels last. Keras: `Conv2D`. */
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

const config = z.object({
  name: layerName,
  filters: units,
  kernelSize: sizePair,
  strides: z._default(sizePair, [1, 1]),
  padding: z._default(padding, 'valid'),
  dilationRate: noDilation,
  groups: z._default(z.literal(1), 1),
  activation: z._default(activationSchema, 'linear'),
  useBias: z._default(z.boolean(), true),
  dataFormat: channelsLast,
  kernelRegularizer: regularizerSchema,
});

export const conv2d: LayerKind<typeof config> = {
  className: 'Conv2D',
  config,
  outputShape: (c, [input]) => [...slide(c.name, input!, kernelWindow(c)), c.filters],
  weights(c, [input]) {
    const [, , channels] = imageShape(c.name, input!);
    return [
      kernelSpec('kernel', [...c.kernelSize, channels, c.filters], c.kernelRegularizer),
      ...biasSpec(c, c.filters),
    ];
  },
  multiplyAdds(c, [input]) {
    const [, , channels] = imageShape(c.name, input!);
    const [rows, columns] = slide(c.name, input!, kernelWindow(c));
    return rows * columns * c.kernelSize[0] * c.kernelSize[1] * channels * c.filters;
  },
  apply(c, [input], [kernel, bias]) {
    const { x, padding } = padForWindow(input as Tensor4D, kernelWindow(c));
    return activateFused(c.activation, (activation) =>
      fused.conv2d({
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
