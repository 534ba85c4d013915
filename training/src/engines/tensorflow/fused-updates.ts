/** Optimizers as TensorFlow's fused operations, which update a weight and its state in place, in one pass. */
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { FusedUpdate } from '../training-kernels.ts';
import { attribute, op, run } from './binding.ts';
import type { ResourceVariable } from './resource-variable.ts';

const scalar = (value: unknown) => tensor(value as number, [], 'float32');
const inPlace = () => [attribute.type('T'), attribute.bool('use_locking', false)];

/** @param inputs pass variables as their handles */
function apply(name: string, inputs: readonly Tensor[], nesterov?: boolean): void {
  const choice = nesterov === undefined ? [] : [attribute.bool('use_nesterov', nesterov)];
  run(name, [...inPlace(), ...choice], inputs, 0);
}

const handles = (variables: readonly unknown[]) => variables.map((variable) => (variable as ResourceVariable).handle);

const adam: FusedUpdate = (weight, slots, gradient, numbers, options) => {
  const [variable, momentum, velocity] = handles([weight, ...slots]);
  const { learningRate, beta1Power, beta2Power } = numbers as Record<string, Tensor>;
  const { beta1, beta2, epsilon } = options;
  const constants = [scalar(beta1), scalar(beta2), scalar(epsilon)];
  apply(
    'ResourceApplyAdam',
    [variable!, momentum!, velocity!, beta1Power!, beta2Power!, learningRate!, ...constants, gradient],
    false,
  );
};

export const fusedUpdates: Record<string, FusedUpdate> = {
  sgd(weight, slots, gradient, { learningRate }, { momentum, nesterov }) {
    const [variable, ...accumulators] = handles([weight, ...slots]);
    if (momentum === 0) {
      apply('ResourceApplyGradientDescent', [variable!, learningRate!, gradient]);
    } else {
      const inputs = [variable!, accumulators[0]!, learningRate!, gradient, scalar(momentum)];
      apply('ResourceApplyKerasMomentum', inputs, nesterov as boolean);
    }
  },

  rmsprop(weight, slots, gradient, { learningRate }, { rho, momentum, epsilon }) {
    const inputs = [
      ...handles([weight, ...slots]),
      learningRate!,
      scalar(rho),
      scalar(momentum),
      scalar(epsilon),
      gradient,
    ];
    apply('ResourceApplyRMSProp', inputs);
  },

  adam,

  adamw(weight, slots, gradient, numbers, options) {
    const { learningRate } = numbers;
    const rate = op('Mul', [attribute.type('T')], [learningRate!, scalar(options.weightDecay)]);
    const decay = op('Mul', [attribute.type('T')], [weight.read(), rate]);
    run('AssignSubVariableOp', [attribute.type('dtype')], [handles([weight])[0]!, decay], 0);
    adam(weight, slots, gradient, numbers, options);
  },
};
