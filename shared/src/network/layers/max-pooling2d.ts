/** The largest value in each window. Keras: `MaxPooling2D`. */
import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { type LayerKind, layerName, padding, sizePair } from '../layer.ts';
import { slide } from '../spatial.ts';

const config = z.object({
  name: layerName,
  poolSize: z._default(sizePair, [2, 2]),
  /** Keras: null or absent means the pool size, so that windows do not overlap. */
  strides: z.optional(z.nullable(sizePair)),
  padding: z._default(padding, 'valid'),
  dataFormat: z._default(z.literal('channels_last'), 'channels_last'),
});

export const maxPooling2d: LayerKind<typeof config> = {
  className: 'MaxPooling2D',
  config,
  outputShape: (c, input) => [
    ...slide(input, { name: c.name, size: c.poolSize, strides: c.strides ?? c.poolSize, padding: c.padding }),
    input[2]!,
  ],
  weights: () => [],
  multiplyAdds: () => 0,
  apply: (c, x) => maxPool(x as Tensor4D, c.poolSize, c.strides ?? c.poolSize, c.padding),
};
