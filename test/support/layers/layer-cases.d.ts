/**
 * Networks that together use every kind of layer, with every option that may take another kernel. The kernel lists are
 * held against them: in workerd on both backends, and in Node, where the whole of tfjs is there, for the right numbers.
 */
import type { LayerInput } from '@glimpse/shared/model/layers/table';
import type { Shape } from '@glimpse/shared/model/network/layer';
export interface LayerCase {
  readonly inputShape: Shape;
  readonly layers: readonly LayerInput[];
}
export declare const layerCases: readonly LayerCase[];
