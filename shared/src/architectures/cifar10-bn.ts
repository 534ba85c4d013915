/**
 * A plain stack of convolution, batch normalisation and ReLU with global pooling: 45.7 million multiply-adds and 733,546
 * parameters.
 */
import { defineArchitecture } from '../network/architecture.ts';
import type { LayerInput } from '../network/layers/table.ts';

/** No bias: the normalisation's beta takes its place. */
const block = (filters: number): LayerInput[] => [
  { className: 'Conv2D', config: { filters, kernelSize: 3, padding: 'same', useBias: false } },
  { className: 'BatchNormalization' },
  { className: 'Activation', config: { activation: 'relu' } },
];
const halve: LayerInput = { className: 'MaxPooling2D', config: { poolSize: 2 } };

export const cifar10Bn = defineArchitecture(
  'cifar10-bn',
  [32, 32, 3],
  [
    ...block(32),
    ...block(32),
    halve,
    ...block(64),
    ...block(64),
    halve,
    ...block(128),
    ...block(128),
    halve,
    ...block(128),
    ...block(128),
    ...block(128),
    { className: 'GlobalAveragePooling2D' },
    { className: 'Dense', config: { units: 10, activation: 'softmax' } },
  ],
);
