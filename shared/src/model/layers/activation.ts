/** An activation function as a layer. Keras: `Activation`. */
import * as z from 'zod/mini';
import { activate } from '../network/activate.ts';
import { activationSchema, type LayerKind, layerName } from '../network/layer.ts';

const config = z.object({ name: layerName, activation: activationSchema });

export const activation: LayerKind<typeof config> = {
  className: 'Activation',
  config,
  outputShape: (_, [input]) => input!,
  weights: () => [],
  multiplyAdds: () => 0,
  apply: (c, [x]) => activate(c.activation, x!),
};
