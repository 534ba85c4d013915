/**
 * Sets a share of the values to 0 while training and scales the others up (Srivastava et al. 2014, "inverted" form);
 * passes everything through at inference. The trainer draws the mask, so that a seed and a step decide it. Keras:
 * `Dropout`.
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
