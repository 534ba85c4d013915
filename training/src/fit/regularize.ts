/** Penalties on large weights (Keras' `regularizers`), in the training loss only. */
import { type Architecture, inferShapes, weightName } from '@glimpse/shared/model/network/architecture';
import type { Regularizer } from '@glimpse/shared/model/network/weight-spec';
import { abs, add, mul, sign, square, sum, type Tensor } from '@tensorflow/tfjs-core';

/** The penalty of each weight that has one. */
export function penaltiesOf(architecture: Architecture): ReadonlyMap<string, Regularizer> {
  return new Map(
    inferShapes(architecture).flatMap(({ layer, weights }) =>
      weights.flatMap((spec) => (spec.regularizer ? [[weightName(layer, spec), spec.regularizer] as const] : [])),
    ),
  );
}

/** l1 Σ|w| + l2 Σw², a scalar. */
export function penaltyOf(weight: Tensor, { l1, l2 }: Regularizer): Tensor {
  return add(mul(sum(abs(weight)), l1), mul(sum(square(weight)), l2));
}

/** The penalty's gradient, written out because tfjs would expand scalars to the weight's size. */
export function addPenaltyGradient(gradient: Tensor, weight: Tensor, { l1, l2 }: Regularizer): Tensor {
  const byL2 = l2 === 0 ? gradient : add(gradient, mul(weight, 2 * l2));
  return l1 === 0 ? byL2 : add(byL2, mul(sign(weight), l1));
}
