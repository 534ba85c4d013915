import { type LayerCase } from './layer-cases.ts';
/** @returns the outputs of each case, for weights and two inputs that are the same everywhere */
export declare function runLayerCases(): number[][];
export declare function runLayerCase({ inputShape, layers }: LayerCase): number[];
