/** Weights for tests: small, the same each time, different in every place. */
import { type Architecture } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
export declare function testWeights(architecture: Architecture, seed?: number): Weights;
