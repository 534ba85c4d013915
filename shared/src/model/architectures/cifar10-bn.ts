/**
 * A plain stack of convolutions, batch normalization and ReLU with global pooling: 733,546 parameters and 45.7 million
 * multiply-adds.
 */
import { defineArchitecture } from '../network/architecture.ts';
import { halve, normalizedBlock } from './normalized-block.ts';

export const cifar10Bn = defineArchitecture(
  'cifar10-bn',
  [32, 32, 3],
  [
    ...normalizedBlock(32),
    ...normalizedBlock(32),
    halve,
    ...normalizedBlock(64),
    ...normalizedBlock(64),
    halve,
    ...normalizedBlock(128),
    ...normalizedBlock(128),
    halve,
    ...normalizedBlock(128),
    ...normalizedBlock(128),
    ...normalizedBlock(128),
    { className: 'GlobalAveragePooling2D' },
    { className: 'Dense', config: { units: 10, activation: 'softmax' } },
  ],
);
