/** Every kind of layer that the project knows. A new kind is one file here and one line in this table. */
import type * as z from 'zod/mini';
import type { LayerKind } from '../layer.ts';
import { activation } from './activation.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { dropout } from './dropout.ts';
import { flatten } from './flatten.ts';
import { maxPooling2d } from './max-pooling2d.ts';

export const layerKinds = {
  Activation: activation,
  Conv2D: conv2d,
  Dense: dense,
  Dropout: dropout,
  Flatten: flatten,
  MaxPooling2D: maxPooling2d,
};

export type ClassName = keyof typeof layerKinds;
type ConfigOf<K extends ClassName> = (typeof layerKinds)[K]['config'];

/** A layer with every option filled in, as the runner and the trainer read it. */
export type Layer = { [K in ClassName]: { className: K; config: z.output<ConfigOf<K>> } }[ClassName];

/** A layer as a person writes it: defaults may be left out, and so may the name. */
export type LayerInput = {
  [K in ClassName]: { className: K; config?: Omit<z.input<ConfigOf<K>>, 'name'> & { name?: string } };
}[ClassName];

/** The kind of a layer, with its type parameter forgotten: `kindOf(layer).outputShape(layer.config, …)`. */
export function kindOf(layer: Layer): LayerKind<z.ZodMiniType, Layer['config']> {
  return layerKinds[layer.className] as unknown as LayerKind<z.ZodMiniType, Layer['config']>;
}
