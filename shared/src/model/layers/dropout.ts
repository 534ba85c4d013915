/**
 * Sets a fraction of the values to 0 in training and scales the others up (Srivastava et al. 2014, "inverted" form); the
 * identity at inference. The trainer draws the mask, which depends only on the seed and the step. Keras: `Dropout`.
 */
import * as z from 'zod/mini';
import { type LayerKind, layerName } from '../network/layer.ts';

const config = z.object({
  name: layerName,
  rate: z.number().check(z.gte(0), z.lt(1)),
});

export const dropout: LayerKind<typeof config> = {
  className: 'Dropout',
  config,
  outputShape: (_, [input]) => input!,
  weights: () => [],
  multiplyAdds: () => 0,
  apply: (_, [x]) => x!,
};
