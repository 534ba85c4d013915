/** The mean of each channel. Keras: `GlobalAveragePooling2D`. */
import { avgPool } from '@tensorflow/tfjs-core';
import { globalPooling2d } from '../network/global-pooling2d.ts';

export const globalAveragePooling2d = globalPooling2d('GlobalAveragePooling2D', avgPool);
