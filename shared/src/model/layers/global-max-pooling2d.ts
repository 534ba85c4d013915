/** The largest value of each channel. Keras: `GlobalMaxPooling2D`. */
import { maxPool } from '@tensorflow/tfjs-core';
import { globalPooling2d } from '../network/global-pooling2d.ts';

export const globalMaxPooling2d = globalPooling2d('GlobalMaxPooling2D', maxPool);
