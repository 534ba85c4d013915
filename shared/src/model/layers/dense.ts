/** Fully connected: activation(x · kernel + bias). Keras: `Dense`. */
import { fused, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { activateFused } from '../network/activate.ts';
import { activationSchema, type LayerKind, layerName, type Shape, units } from '../network/layer.ts';
import { NetworkError } from '../network/network-error.ts';
import { biasSpec, kernelSpec, regularizerSchema } from '../network/weight-spec.ts';

const config = z.object({
  name: layerName,
  units,
  activation: z._default(activationSchema, 'linear'),
  useBias: z._default(z.boolean(), true),
  kernelRegularizer: regularizerSchema,
});

export const dense: LayerKind<typeof config> = {
  className: 'Dense',
  config,
  outputShape(c, [input]) {
    inputUnits(c.name, input!);
    return [c.units];
  },
  weights: (c, [input]) => [
    kernelSpec('kernel', [inputUnits(c.name, input!), c.units], c.kernelRegularizer),
    ...biasSpec(c, c.units),
  ],
  multiplyAdds: (c, [input]) => inputUnits(c.name, input!) * c.units,
  apply: (c, [x], [kernel, bias]) =>
    activateFused(c.activation, (activation) =>
      fused.matMul({
        a: x as Tensor2D,
        b: kernel as Tensor2D,
        ...(bias ? { bias: bias as Tensor1D } : {}),
        activation,
      }),
    ),
};

function inputUnits(name: string, input: Shape): number {
  if (input.length !== 1)
    throw new NetworkError('network-invalid', `${name} needs a vector, not [${input}]. Add a Flatten before it`);
  return input[0]!;
}
