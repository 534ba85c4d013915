/** An activation as a layer of its own. Keras: `Activation`. */
import { relu, sigmoid, softmax, type Tensor } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { type Activation, activationSchema, type LayerKind, layerName } from '../layer.ts';

const config = z.object({ name: layerName, activation: activationSchema });

const functions: Record<Activation, (x: Tensor) => Tensor> = { linear: (x) => x, relu, sigmoid, softmax };

export const activation: LayerKind<typeof config> = {
  className: 'Activation',
  config,
  outputShape: (_, input) => input,
  weights: () => [],
  multiplyAdds: () => 0,
  apply: (c, x) => functions[c.activation](x),
};
