/** The network of the Keras CIFAR-10 tutorial: 684,746 parameters (2.61 MB as float32). */
import { defineArchitecture } from '../network/architecture.ts';

export const cifar10Tutorial = defineArchitecture(
  'cifar10-tutorial',
  [32, 32, 3],
  [
    { className: 'Conv2D', config: { filters: 32, kernelSize: 3, activation: 'relu' } },
    { className: 'MaxPooling2D', config: { poolSize: 2 } },
    { className: 'Conv2D', config: { filters: 64, kernelSize: 3, activation: 'relu' } },
    { className: 'Conv2D', config: { filters: 128, kernelSize: 3, activation: 'relu' } },
    { className: 'MaxPooling2D', config: { poolSize: 2 } },
    { className: 'Conv2D', config: { filters: 256, kernelSize: 3, activation: 'relu' } },
    { className: 'Flatten' },
    { className: 'Dense', config: { units: 128, activation: 'relu' } },
    { className: 'Dropout', config: { rate: 0.25 } },
    { className: 'Dense', config: { units: 10, activation: 'softmax' } },
  ],
);
