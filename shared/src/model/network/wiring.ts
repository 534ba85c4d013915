/**
 * Connects the layers. By default a layer's input is the output of the layer before it, so a plain chain needs no
 * `inputs`. The last layer's output is the network's output.
 */
import { kindOf, type Layer } from '../layers/table.ts';
import { NetworkError } from './network-error.ts';

/** The name of the network's input in a layer's `inputs`. Reserved: no layer may have it. */
export const INPUT = 'input';

export interface WiredLayer {
  readonly layer: Layer;
  /** Names of earlier layers, or INPUT. */
  readonly inputs: readonly string[];
}

/**
 * @returns the layers in the order of computation, which is the order they are written in
 * @throws {NetworkError} `network-invalid`, with the layer's name, if two layers share a name, if an input is unknown or
 * comes later, if the number of inputs is wrong, or if the output of a layer other than the last is unused
 */
export function wire(layers: readonly Layer[]): WiredLayer[] {
  const names = new Set(layers.map(({ config }) => config.name));
  const computed = new Set([INPUT]);
  const wired = layers.map((layer, index) => {
    const { name } = layer.config;
    if (name === INPUT) invalid(`A layer cannot be named "${INPUT}", which is the network's input`);
    if (computed.has(name)) invalid(`Two layers are named "${name}"`);
    const inputs = layer.inputs ?? [defaultInput(layers, index)];
    for (const input of inputs) {
      if (computed.has(input)) continue;
      invalid(
        names.has(input)
          ? `Layer "${name}" has the input "${input}", which comes later. Inputs must come before the layer`
          : `Layer "${name}" has the input "${input}", but there is no such layer`,
      );
    }
    if (kindOf(layer).merges ? inputs.length < 2 : inputs.length !== 1) {
      const required = kindOf(layer).merges ? 'at least two inputs, named in "inputs"' : 'exactly one input';
      invalid(`Layer "${name}" (${layer.className}) needs ${required}, not ${inputs.length}`);
    }
    computed.add(name);
    return { layer, inputs };
  });
  const read = new Set(wired.flatMap(({ inputs }) => inputs));
  const unused = layers.slice(0, -1).find(({ config }) => !read.has(config.name));
  if (unused) {
    invalid(`The output of layer "${unused.config.name}" is unused. A network has one output, that of its last layer`);
  }
  return wired;
}

/** Removes `inputs` that equal the default. */
export function withoutDefaultInputs(layers: readonly Layer[]): Layer[] {
  return layers.map((layer, index) => {
    if (layer.inputs?.length !== 1 || layer.inputs[0] !== defaultInput(layers, index)) return layer;
    const { inputs, ...rest } = layer;
    return rest;
  });
}

function defaultInput(layers: readonly Layer[], index: number): string {
  return layers[index - 1]?.config.name ?? INPUT;
}

function invalid(message: string): never {
  throw new NetworkError('network-invalid', message);
}
