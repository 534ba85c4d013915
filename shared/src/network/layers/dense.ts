/** Fully connected: activation(x · kernel + bias). Keras: `Dense`. */
import { fused, softmax, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import * as z from 'zod/mini';
import { activationSchema, type LayerKind, layerName, type Shape, units } from '../layer.ts';
import { NetworkError } from '../network-error.ts';

const config = z.object({
  name: layerName,
  units,
  activation: z._default(activationSchema, 'linear'),
  useBias: z._default(z.boolean(), true),
});

export const dense: LayerKind<typeof config> = {
  className: 'Dense',
  config,
  outputShape: (c, input) => {
    inputUnits(c.name, input);
    return [c.units];
  },
  weights: (c, input) => [
    { name: 'kernel', shape: [inputUnits(c.name, input), c.units], initializer: 'glorotUniform' },
    ...(c.useBias ? [{ name: 'bias', shape: [c.units], initializer: 'zeros' } as const] : []),
  ],
  multiplyAdds: (c, input) => inputUnits(c.name, input) * c.units,
  apply(c, x, [kernel, bias]) {
    const y = fused.matMul({
      a: x as Tensor2D,
      b: kernel as Tensor2D,
      ...(bias ? { bias: bias as Tensor1D } : {}),
      activation: c.activation === 'softmax' ? 'linear' : c.activation,
    });
    return c.activation === 'softmax' ? softmax(y) : y;
  },
};

function inputUnits(name: string, input: Shape): number {
  if (input.length !== 1)
    throw new NetworkError('network-invalid', `${name} wants a vector, not [${input}]: put a Flatten before it`);
  return input[0]!;
}
