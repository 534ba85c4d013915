/**
 * Which layer takes whose output. A layer that does not say takes that of the layer before it, so that a plain chain says
 * nothing; the last layer's output is the network's.
 */
import { kindOf, type Layer } from '../layers/table.ts';
import { NetworkError } from './network-error.ts';

/** The network's input, where a layer names what it takes. No layer may be called so. */
export const INPUT = 'input';

export interface WiredLayer {
  readonly layer: Layer;
  /** Names of layers further up, or INPUT. */
  readonly inputs: readonly string[];
}

/**
 * @returns the layers in the order in which they are computed, which is the order they are written in
 * @throws {NetworkError} `network-invalid`, with the layer's name, when two layers share a name, when a layer takes what is
 * unknown or comes later, too many inputs or too few, or when nobody takes its output although it is not the last
 */
export function wire(layers: readonly Layer[]): WiredLayer[] {
  const names = new Set(layers.map(({ config }) => config.name));
  const above = new Set([INPUT]);
  const wired = layers.map((layer, index) => {
    const { name } = layer.config;
    if (name === INPUT) invalid(`No layer can be called "${INPUT}": that is the network's input`);
    if (above.has(name)) invalid(`Two layers are called "${name}"`);
    const inputs = layer.inputs ?? [defaultInput(layers, index)];
    for (const input of inputs) {
      if (above.has(input)) continue;
      invalid(
        names.has(input)
          ? `Layer "${name}" takes "${input}", which does not come before it: a layer takes only what is computed already`
          : `Layer "${name}" takes "${input}", but no layer is called so`,
      );
    }
    if (kindOf(layer).merges ? inputs.length < 2 : inputs.length !== 1) {
      const wanted = kindOf(layer).merges ? 'two inputs or more: name them in its "inputs"' : 'one input';
      invalid(`Layer "${name}" (${layer.className}) takes ${wanted}, not ${inputs.length}`);
    }
    above.add(name);
    return { layer, inputs };
  });
  const read = new Set(wired.flatMap(({ inputs }) => inputs));
  const loose = layers.slice(0, -1).find(({ config }) => !read.has(config.name));
  if (loose) {
    invalid(`Nobody takes the output of layer "${loose.config.name}": a network has one output, its last layer's`);
  }
  return wired;
}

/** The same layer, its inputs left unsaid where they are what an unsaid input means. */
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
