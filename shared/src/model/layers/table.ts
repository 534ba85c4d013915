/** All supported kinds of layers. To add one, add a file to this folder and a line to this table. */
import type * as z from 'zod/mini';
import type { LayerKind } from '../network/layer.ts';
import { activation } from './activation.ts';
import { add } from './add.ts';
import { batchNormalization } from './batch-normalization.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { depthwiseConv2d } from './depthwise-conv2d.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { globalAveragePooling2d, globalMaxPooling2d } from './global-pooling2d.ts';
import { maxPooling2d } from './max-pooling2d.ts';
import { separableConv2d } from './separable-conv2d.ts';
import { zeroPadding2d } from './zero-padding2d.ts';

export const layerKinds = {
  Activation: activation,
  Add: add,
  BatchNormalization: batchNormalization,
  Conv2D: conv2d,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2d,
  Dropout: dropout,
  Flatten: flatten,
  GlobalAveragePooling2D: globalAveragePooling2d,
  GlobalMaxPooling2D: globalMaxPooling2d,
  MaxPooling2D: maxPooling2d,
  SeparableConv2D: separableConv2d,
  ZeroPadding2D: zeroPadding2d,
};

export type ClassName = keyof typeof layerKinds;
type ConfigOf<K extends ClassName> = (typeof layerKinds)[K]['config'];

/** Names of the layers whose outputs are the layer's inputs; default: the layer before it. See wiring.ts. */
interface Wired {
  readonly inputs?: readonly string[];
}

/** A layer with all options filled in, for the runner and the trainer. */
export type Layer = { [K in ClassName]: Wired & { className: K; config: z.output<ConfigOf<K>> } }[ClassName];

/** A layer as written by hand: options with defaults and the name may be omitted. */
export type LayerInput = {
  [K in ClassName]: Wired & { className: K; config?: Omit<z.input<ConfigOf<K>>, 'name'> & { name?: string } };
}[ClassName];

/** The kind of a layer, without its type parameter: `kindOf(layer).outputShape(layer.config, …)`. */
export function kindOf(layer: Layer): LayerKind<z.ZodMiniType, Layer['config']> {
  return layerKinds[layer.className] as unknown as LayerKind<z.ZodMiniType, Layer['config']>;
}
