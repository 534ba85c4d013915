/** A network that trains in seconds, for tests and for trying the whole loop: 2,042 parameters. */
import { defineArchitecture } from '../network/architecture.ts';

export const cifar10Small = defineArchitecture(
  'cifar10-small',
  [32, 32, 3],
  [
    { className: 'Conv2D', config: { filters: 8, kernelSize: 3, strides: 2, activation: 'relu' } },
    { className: 'MaxPooling2D', config: { poolSize: 2 } },
    { className: 'Conv2D', config: { filters: 16, kernelSize: 3, activation: 'relu' } },
    { className: 'MaxPooling2D', config: { poolSize: 2 } },
    { className: 'Flatten' },
    { className: 'Dropout', config: { rate: 0.25 } },
    { className: 'Dense', config: { units: 10, activation: 'softmax' } },
  ],
);
