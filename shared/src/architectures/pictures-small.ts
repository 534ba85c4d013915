/**
 * The network for people's own pictures: convolutions that halve the picture, and global pooling, so that it takes any
 * size and has few weights to learn from few pictures. 98,019 parameters and 16.1 million multiply-adds at 64x64 and three classes.
 */
import { defineArchitecture } from '../network/architecture.ts';
import type { LayerInput } from '../network/layers/table.ts';

/** No bias: the normalisation's beta takes its place. */
const block = (filters: number): LayerInput[] => [
  { className: 'Conv2D', config: { filters, kernelSize: 3, padding: 'same', useBias: false } },
  { className: 'BatchNormalization', config: { momentum: 0.9 } },
  { className: 'Activation', config: { activation: 'relu' } },
];
const halve: LayerInput = { className: 'MaxPooling2D', config: { poolSize: 2 } };

export const picturesSmall = defineArchitecture(
  'pictures-small',
  [64, 64, 3],
  [
    ...block(16),
    halve,
    ...block(32),
    halve,
    ...block(64),
    halve,
    ...block(128),
    { className: 'GlobalAveragePooling2D' },
    { className: 'Dense', config: { units: 3, activation: 'softmax' } },
  ],
);
