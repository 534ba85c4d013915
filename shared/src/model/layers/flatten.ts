/** [height, width, channels] → [height * width * channels], channels innermost. Keras: `Flatten`. */
import { reshape } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { channelsLast, type LayerKind, layerName } from '../network/layer.ts';

const config = z.object({ name: layerName, dataFormat: channelsLast });

const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

export const flatten: LayerKind<typeof config> = {
  className: 'Flatten',
  config,
  outputShape: (_, [input]) => [size(input!)],
  weights: () => [],
  multiplyAdds: () => 0,
  apply: (_, [x]) => reshape(x!, [x!.shape[0]!, size(x!.shape.slice(1))]),
};
