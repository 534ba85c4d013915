/** The largest value in each window. Keras: `MaxPooling2D`. */
import { maxPool, type Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { channelsLast, type LayerKind, layerName, padding, sizePair } from '../network/layer.ts';
import { padForWindow, slide, type Window } from '../network/spatial.ts';

const config = z.object({
  name: layerName,
  poolSize: z._default(sizePair, [2, 2]),
  /** As in Keras: null or absent means the pool size, so that windows do not overlap. */
  strides: z.optional(z.nullable(sizePair)),
  padding: z._default(padding, 'valid'),
  dataFormat: channelsLast,
});

export const maxPooling2d: LayerKind<typeof config> = {
  className: 'MaxPooling2D',
  config,
  outputShape: (c, [input]) => [...slide(c.name, input!, windowOf(c)), input![2]!],
  weights: () => [],
  multiplyAdds: () => 0,
  apply(c, [input]) {
    const window = windowOf(c);
    const { x, padding } = padForWindow(input as Tensor4D, window, Number.NEGATIVE_INFINITY);
    return maxPool(x, c.poolSize, [...window.strides], padding);
  },
};

function windowOf(c: z.output<typeof config>): Window {
  return { size: c.poolSize, strides: c.strides ?? c.poolSize, padding: c.padding };
}
