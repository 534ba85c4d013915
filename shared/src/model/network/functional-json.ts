/**
 * The connections of a Functional model in JSON. Keras 2 and tfjs-layers write them as [[[name, 0, 0, {}], …]], Keras 3 as
 * arguments that contain `__keras_tensor__` objects.
 */
import * as z from 'zod/mini';
import type { Layer } from '../layers/table.ts';
import { NetworkError } from './network-error.ts';
import type { LayerJson } from './topology.ts';
import { INPUT, type WiredLayer } from './wiring.ts';

type Reference = [layer: string, node: number, tensor: number];

export interface FunctionalConfig {
  name: string;
  layers: (LayerJson & { name: string })[];
  input_layers: Reference[];
  output_layers: Reference[];
}

export interface InboundNodes {
  readonly name: string;
  readonly isInput: boolean;
  readonly inboundNodes: readonly unknown[];
}

/** Written in the form of Keras 2, which Keras 3 and tfjs-layers can read. */
export function functionalConfig(
  name: string,
  batchInputShape: readonly (number | null)[],
  layers: readonly WiredLayer[],
  write: (layer: Layer) => LayerJson,
): FunctionalConfig {
  const input = { name: INPUT, batch_input_shape: batchInputShape, dtype: 'float32', sparse: false };
  return {
    name,
    layers: [
      { name: INPUT, class_name: 'InputLayer', config: input, inbound_nodes: [] },
      ...layers.map(({ layer, inputs }) => ({
        name: layer.config.name,
        ...write(layer),
        inbound_nodes: [inputs.map((from) => [from, 0, 0, {}])],
      })),
    ],
    input_layers: [[INPUT, 0, 0]],
    output_layers: [[layers.at(-1)!.layer.config.name, 0, 0]],
  };
}

const reference = z.pipe(
  z.tuple([z.string(), z.int(), z.int()], z.unknown()),
  z.transform(([name, node, tensor]): Reference => [name, node, tensor]),
);
const kerasTensor = z.object({
  class_name: z.literal('__keras_tensor__'),
  config: z.object({ keras_history: reference }),
});

/**
 * @param outputs the model's `output_layers`
 * @returns the names of each layer's inputs, by the layer's name; the input layer is named INPUT
 * @throws {NetworkError} `network-unsupported` for several inputs or outputs, or a layer that is used twice;
 * `network-invalid` for a layer without connections
 */
export function connections(nodes: readonly InboundNodes[], outputs: unknown): Map<string, readonly string[]> {
  const inputLayers = nodes.filter(({ isInput }) => isInput);
  const outputLayers = references(outputs);
  if (inputLayers.length !== 1 || outputLayers.length !== 1) {
    throw new NetworkError(
      'network-unsupported',
      `The model has ${inputLayers.length} inputs and ${outputLayers.length} outputs. Only models with one of each are supported`,
    );
  }
  const last = nodes.at(-1)!.name;
  if (outputLayers[0]![0] !== last) {
    throw new NetworkError(
      'network-unsupported',
      `The model's output is "${outputLayers[0]![0]}", but its last layer is "${last}". The output must be the last layer`,
    );
  }
  const inner = nodes.filter(({ isInput }) => !isInput);
  return new Map(inner.map((node) => [node.name, inputsOf(node, inputLayers[0]!.name)]));
}

function inputsOf({ name, inboundNodes }: InboundNodes, input: string): string[] {
  const inputs = references(inboundNodes[0]);
  if (inputs.length === 0) throw new NetworkError('network-invalid', `Layer "${name}" has no inputs`);
  if (inboundNodes.length > 1 || inputs.some(([, node, tensor]) => node !== 0 || tensor !== 0)) {
    throw new NetworkError('network-unsupported', `Layer "${name}" or one of its inputs is used more than once`);
  }
  return inputs.map(([from]) => (from === input ? INPUT : from));
}

/** All references within a JSON value, in order; for Keras 3 those in `args`. */
function references(value: unknown): Reference[] {
  const one = reference.safeParse(value);
  if (one.success) return [one.data];
  const tensor = kerasTensor.safeParse(value);
  if (tensor.success) return [tensor.data.config.keras_history];
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value === 'object' && value !== null && 'args' in value) return references(value.args);
  return [];
}
