/**
 * Pooling over the whole image: [height, width, channels] → [channels]. Keras: `GlobalAveragePooling2D`,
 * `GlobalMaxPooling2D`.
 */
import { avgPool, maxPool, reshape, type Tensor4D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { channelsLast, imageShape, type LayerKind, layerName } from '../network/layer.ts';

const config = z.object({
  name: layerName,
  dataFormat: channelsLast,
  keepdims: z._default(z.literal(false), false),
});

/** The mean of each channel. */
export const globalAveragePooling2d = globalPooling2d('GlobalAveragePooling2D', avgPool);

/** The largest value of each channel. */
export const globalMaxPooling2d = globalPooling2d('GlobalMaxPooling2D', maxPool);

/**
 * @param className Keras' name
 * @param pool tfjs' pooling with one window over the whole image: on WASM 5 to 15 times as fast as reducing two axes
 */
function globalPooling2d(
  className: string,
  pool: (x: Tensor4D, size: [number, number], strides: number, padding: 'valid') => Tensor4D,
): LayerKind<typeof config> {
  return {
    className,
    config,
    outputShape: (c, [input]) => [imageShape(c.name, input!)[2]],
    weights: () => [],
    multiplyAdds: () => 0,
    apply(_, [x]) {
      const [n, height, width, channels] = x!.shape as Tensor4D['shape'];
      return reshape(pool(x as Tensor4D, [height, width], 1, 'valid'), [n, channels]);
    },
  };
}
