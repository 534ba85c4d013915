/** 2-D convolution with an optional bias and activation, channels last. Keras: `Conv2D`. */
import { fused, softmax, type Tensor1D, type Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { activationSchema, type LayerKind, layerName, padding, sizePair, units } from '../layer.ts';
import { NetworkError } from '../network-error.ts';
import { slide } from '../spatial.ts';

const config = z
  .object({
    name: layerName,
    filters: units,
    kernelSize: sizePair,
    strides: z._default(sizePair, [1, 1]),
    padding: z._default(padding, 'valid'),
    dilationRate: z._default(sizePair, [1, 1]),
    groups: z._default(z.literal(1), 1),
    activation: z._default(activationSchema, 'linear'),
    useBias: z._default(z.boolean(), true),
    dataFormat: z._default(z.literal('channels_last'), 'channels_last'),
  })
  .check(z.refine((c) => c.dilationRate.every((rate) => rate === 1), { message: 'dilation is not supported' }));

export const conv2d: LayerKind<typeof config> = {
  className: 'Conv2D',
  config,
  outputShape: (c, input) => [
    ...slide(input, { name: c.name, size: c.kernelSize, strides: c.strides, padding: c.padding }),
    c.filters,
  ],
  weights: (c, input) => [
    { name: 'kernel', shape: [...c.kernelSize, channels(c.name, input), c.filters], initializer: 'glorotUniform' },
    ...(c.useBias ? [{ name: 'bias', shape: [c.filters], initializer: 'zeros' } as const] : []),
  ],
  multiplyAdds(c, input) {
    const [rows, columns] = this.outputShape(c, input) as [number, number, number];
    return rows * columns * c.kernelSize[0] * c.kernelSize[1] * channels(c.name, input) * c.filters;
  },
  apply(c, x, [kernel, bias]) {
    const y = fused.conv2d({
      x: x as Tensor4D,
      filter: kernel as Tensor4D,
      strides: c.strides,
      pad: c.padding,
      ...(bias ? { bias: bias as Tensor1D } : {}),
      // softmax works along an axis, so no convolution kernel can do it on the way out
      activation: c.activation === 'softmax' ? 'linear' : c.activation,
    });
    return c.activation === 'softmax' ? softmax(y) : y;
  },
};

function channels(name: string, input: readonly number[]): number {
  const last = input[2];
  if (last === undefined)
    throw new NetworkError('network-invalid', `${name} wants [height, width, channels], not [${input}]`);
  return last;
}
