/** The element-wise sum of two or more tensors of the same shape, as in residual blocks. Keras: `Add`. */
import { add as plus } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { type LayerKind, layerName } from '../network/layer.ts';
import { NetworkError } from '../network/network-error.ts';

const config = z.object({ name: layerName });

export const add: LayerKind<typeof config> = {
  className: 'Add',
  config,
  merges: true,
  outputShape(c, [first, ...others]) {
    const other = others.find((shape) => String(shape) !== String(first));
    if (other) {
      throw new NetworkError(
        'network-invalid',
        `${c.name} needs inputs of the same shape, not [${first}] and [${other}]`,
      );
    }
    return first!;
  },
  weights: () => [],
  multiplyAdds: () => 0,
  apply: (_, inputs) => inputs.reduce((sum, x) => plus(sum, x)),
};
