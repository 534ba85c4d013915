/** Weights for tests: small, deterministic, and different at every index. */
import { type Architecture, elements, inferShapes, weightName } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';

export function testWeights(architecture: Architecture, seed = 1): Weights {
  return new Map(
    inferShapes(architecture).flatMap(({ layer, weights }) =>
      weights.map((spec) => {
        const name = weightName(layer, spec);
        // Scaled by the fan-in, so that values neither vanish nor grow from layer to layer.
        const scale = 2 / Math.sqrt(elements(spec.shape.slice(0, -1)));
        const values = Float32Array.from(
          { length: elements(spec.shape) },
          (_, i) => Math.sin(i * 12.9898 + seed) * scale,
        );
        if (spec.name === 'moving_variance')
          return [name, { shape: spec.shape, values: values.map(Math.exp) }] as const;
        return [name, { shape: spec.shape, values }] as const;
      }),
    ),
  );
}
