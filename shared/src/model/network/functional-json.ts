/**
 * The connections of a Functional model in JSON. Keras 2 and tfjs-layers list them as [[[name, 0, 0, {}], …]], Keras 3 as
 * arguments with `__keras_tensor__` objects in them.
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

/** In Keras 2's form, which Keras 3 and tfjs-layers read as well. */
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
 * @param outputs `output_layers` as it stands in the model
 * @returns what each layer takes, by its name; the input layer is called INPUT
 * @throws {NetworkError} `network-unsupported` for several inputs or outputs and for a layer that is used twice;
 * `network-invalid` for a layer without connections
 */
export function connections(nodes: readonly InboundNodes[], outputs: unknown): Map<string, readonly string[]> {
  const inputLayers = nodes.filter(({ isInput }) => isInput);
  const outputLayers = references(outputs);
  if (inputLayers.length !== 1 || outputLayers.length !== 1) {
    throw new NetworkError(
      'network-unsupported',
      `The model has ${inputLayers.length} inputs and ${outputLayers.length} outputs; models with one of each are run`,
    );
  }
  const last = nodes.at(-1)!.name;
  if (outputLayers[0]![0] !== last) {
    throw new NetworkError(
      'network-unsupported',
      `The model's output is "${outputLayers[0]![0]}", its last layer "${last}"`,
    );
  }
  const inner = nodes.filter(({ isInput }) => !isInput);
  return new Map(inner.map((node) => [node.name, takenBy(node, inputLayers[0]!.name)]));
}

function takenBy({ name, inboundNodes }: InboundNodes, input: string): string[] {
  const taken = references(inboundNodes[0]);
  if (taken.length === 0) throw new NetworkError('network-invalid', `Layer "${name}" does not say what it takes`);
  if (inboundNodes.length > 1 || taken.some(([, node, tensor]) => node !== 0 || tensor !== 0)) {
    throw new NetworkError('network-unsupported', `Layer "${name}", or one that it takes, is used more than once`);
  }
  return taken.map(([from]) => (from === input ? INPUT : from));
}

/** All references within a value of the JSON, in order; for Keras 3 those in `args`. */
function references(value: unknown): Reference[] {
  const one = reference.safeParse(value);
  if (one.success) return [one.data];
  const tensor = kerasTensor.safeParse(value);
  if (tensor.success) return [tensor.data.config.keras_history];
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value === 'object' && value !== null && 'args' in value) return references(value.args);
  return [];
}
