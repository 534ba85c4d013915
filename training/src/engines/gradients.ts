/**
 * Registers the gradient of every tfjs operation. tfjs-core does not register them by default, to keep bundles small, and
 * its package exports them only to bundlers. In Node, importing all of tfjs is the only way to get them.
 */
import '@tensorflow/tfjs';
