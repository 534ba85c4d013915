/**
 * The default network for an image folder. Global pooling lets it accept any image size and keeps the number of weights low,
 * so that few images are enough. 98,547 parameters and 15.9 million multiply-adds at 64x64 with three classes (`glimpse
 * summary --arch pictures-small`).
 */
import { defineArchitecture } from '../network/architecture.ts';
import { halve, normalizedBlock } from './normalized-block.ts';

export const imagesSmall = defineArchitecture(
  'pictures-small',
  [64, 64, 3],
  [
    ...normalizedBlock(16, { momentum: 0.9 }),
    halve,
    ...normalizedBlock(32, { momentum: 0.9 }),
    halve,
    ...normalizedBlock(64, { momentum: 0.9 }),
    halve,
    ...normalizedBlock(128, { momentum: 0.9 }),
    { className: 'GlobalAveragePooling2D' },
    { className: 'Dense', config: { units: 3, activation: 'softmax' } },
  ],
);
