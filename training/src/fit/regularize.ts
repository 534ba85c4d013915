/** Penalties on large weights (Keras' `regularizers`), in the training loss only. */
import { type Architecture, place, weightName } from '@glimpse/shared/network/architecture';
import { abs, add, mul, sign, square, sum, type Tensor } from '@tensorflow/tfjs-core';

/** l1 Σ|w| + l2 Σw² */
interface Penalty {
  readonly l1: number;
  readonly l2: number;
}

/** By weight. A layer's `kernelRegularizer` is for its `kernel`, `depthwiseRegularizer` for its `depthwise_kernel`. */
export function penaltiesOf(architecture: Architecture): ReadonlyMap<string, Penalty> {
  return new Map(
    place(architecture).flatMap(({ layer, weights }) =>
      weights.flatMap((spec) => {
        const option = `${spec.name.replace(/_kernel$/, '')}Regularizer`;
        const penalty = (layer.config as unknown as Record<string, Penalty | null | undefined>)[option];
        return penalty ? [[weightName(layer, spec), penalty] as const] : [];
      }),
    ),
  );
}

/** A scalar. */
export function penaltyOf(weight: Tensor, { l1, l2 }: Penalty): Tensor {
  return add(mul(sum(abs(weight)), l1), mul(sum(square(weight)), l2));
}

/** The penalty's gradient: written out, since tfjs would blow scalars up to the weight's size on the way. */
export function addPenaltyGradient(gradient: Tensor, weight: Tensor, { l1, l2 }: Penalty): Tensor {
  const byL2 = l2 === 0 ? gradient : add(gradient, mul(weight, 2 * l2));
  return l1 === 0 ? byL2 : add(byL2, mul(sign(weight), l1));
}
