/** The weights before the first step. */
import { type Architecture, elements, inferShapes, weightName } from '@glimpse/shared/model/network/architecture';
import type { Shape } from '@glimpse/shared/model/network/layer';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import type { Initializer } from '@glimpse/shared/model/network/weight-spec';
import { type RandomStream, randomStream, uniform } from '../engines/random.ts';

const initializers: Record<Initializer, (stream: RandomStream, shape: Shape) => Float32Array> = {
  zeros: (_, shape) => new Float32Array(elements(shape)),
  ones: (_, shape) => new Float32Array(elements(shape)).fill(1),
  glorotUniform(stream, shape) {
    const limit = Math.sqrt(6 / sum(fans(shape)));
    return Float32Array.from({ length: elements(shape) }, () => (uniform(stream) * 2 - 1) * limit);
  },
};

/** Keras' defaults: Glorot and Bengio's uniform distribution (2010) for kernels, zeros for biases and moving means, ones for scales and moving variances. */
export function initialWeights(architecture: Architecture, seed: number): Weights {
  return new Map(
    inferShapes(architecture).flatMap(({ layer, weights }) =>
      weights.map((spec) => {
        const name = weightName(layer, spec);
        const values = initializers[spec.initializer](randomStream(seed, `initial/${name}`), spec.shape);
        return [name, { shape: spec.shape, values }] as const;
      }),
    ),
  );
}

/** Inputs and outputs of one unit: the kernel's area counts for both. */
function fans(shape: Shape): [fanIn: number, fanOut: number] {
  const area = elements(shape.slice(0, -2));
  return [area * shape.at(-2)!, area * shape.at(-1)!];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
