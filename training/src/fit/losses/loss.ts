/**
 * What a loss is. It takes the output of the network's last layer before that layer's activation (the logits), where a
 * loss and an activation that belong together are exact: probabilities have lost the digits of small errors.
 */
import type { Activation } from '@glimpse/shared/model/network/layer';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { TrainingKernels } from '../../engines/training-kernels.ts';

export interface Loss {
  /** The activation of the last layer that the loss takes over; undefined where it takes the layer's output as it is. */
  readonly activation?: Activation;
  /**
   * Differentiable in the outputs.
   *
   * @param outputs [n, units]
   * @param targets [n, units]
   * @returns [n], one loss an example
   */
  compute(kernels: TrainingKernels, outputs: Tensor, targets: Tensor): Tensor;
}
