/**
 * Registers the gradient of every tfjs operation. tfjs-core keeps them apart so that a Worker need not carry them, and
 * its package offers them to bundlers only; in Node the whole of tfjs is the way to get them.
 */
import '@tensorflow/tfjs';
