/**
 * Architecture ⇄ the `modelTopology` of a tfjs layers-model file, which is Keras' JSON: class names and snake_case options.
 * A plain chain becomes a Sequential, anything else a Functional (functional-json.ts). tfjs-layers can load what this module
 * writes; this module reads the JSON of tfjs-layers, its converter, Keras 2 and Keras 3.
 */
import * as z from 'zod/mini';
import type { Layer } from '../layers/table.ts';
import { type Architecture, readLayer } from './architecture.ts';
import { connections, type FunctionalConfig, functionalConfig, type InboundNodes } from './functional-json.ts';
import type { Shape } from './layer.ts';
import { NetworkError } from './network-error.ts';
import { type Regularizer, regularizerJson } from './weight-spec.ts';
import { wire, withoutDefaultInputs } from './wiring.ts';

const layerJson = z.object({
  class_name: z.string(),
  config: z.record(z.string(), z.unknown()),
  inbound_nodes: z.optional(z.array(z.unknown())),
});
const modelJson = z.object({
  class_name: z.string(),
  config: z.object({
    name: z.optional(z.string()),
    layers: z.array(layerJson).check(z.minLength(1), z.maxLength(1000)),
    output_layers: z.optional(z.array(z.unknown())),
  }),
});
/** tfjs-layers writes the model itself; its converter wraps it, as Keras' h5 files do. */
const topologyJson = z.union([modelJson, z.object({ model_config: modelJson })]);

export type LayerJson = z.infer<typeof layerJson>;
export type TopologyJson = z.infer<typeof modelJson> | { class_name: 'Functional'; config: FunctionalConfig };

export function writeTopology(architecture: Architecture): TopologyJson {
  const { name, inputShape, layers } = architecture;
  const batchInputShape = [null, ...inputShape];
  if (layers.some(({ inputs }) => inputs)) {
    const written = (layer: Layer) => writeLayer(layer, {});
    return { class_name: 'Functional', config: functionalConfig(name, batchInputShape, wire(layers), written) };
  }
  return {
    class_name: 'Sequential',
    config: { name, layers: layers.map((layer, index) => writeLayer(layer, index === 0 ? { batchInputShape } : {})) },
  };
}

function writeLayer({ className, config }: Layer, extraOptions: object): LayerJson {
  const options = Object.entries({ ...config, ...extraOptions }).map(([key, value]) => [
    toSnakeCase(key),
    key.endsWith('Regularizer') ? regularizerJson(value as Regularizer) : value,
  ]);
  return { class_name: className, config: Object.fromEntries(options) };
}

/**
 * @throws {NetworkError} `network-unsupported` for a layer or a type of model that the runner does not support, such as one
 * with several inputs; `network-invalid` for anything else that is not a layers model
 */
export function readTopology(json: unknown): Architecture {
  const result = topologyJson.safeParse(json);
  if (!result.success) {
    throw new NetworkError('network-invalid', `Not a tfjs layers model: ${z.prettifyError(result.error)}`);
  }
  const model = 'model_config' in result.data ? result.data.model_config : result.data;
  const { name = model.class_name.toLowerCase(), layers: all, output_layers } = model.config;
  const nodes: InboundNodes[] = all.map(({ class_name, config, inbound_nodes = [] }) => ({
    name: String(config.name),
    isInput: class_name === 'InputLayer',
    inboundNodes: inbound_nodes,
  }));
  const inputsOf = inputsReader(model.class_name, nodes, output_layers);
  const inputShape = readInputShape((all.find(({ class_name }) => class_name === 'InputLayer') ?? all[0]!).config);
  const layers = all
    .filter(({ class_name }) => class_name !== 'InputLayer')
    .map(({ class_name, config }) => readLayer(class_name, camelCased(config), inputsOf(String(config.name))));
  wire(layers);
  return { name, inputShape, layers: withoutDefaultInputs(layers) };
}

function inputsReader(
  className: string,
  nodes: readonly InboundNodes[],
  outputs: unknown,
): (name: string) => readonly string[] | undefined {
  if (className === 'Sequential') return () => undefined;
  if (className === 'Functional' || className === 'Model') {
    const inputs = connections(nodes, outputs);
    return (name) => inputs.get(name);
  }
  throw new NetworkError(
    'network-unsupported',
    `The model is a ${className}. Only Sequential and Functional models are supported`,
  );
}

const batchShape = z.array(z.nullable(z.int().check(z.positive()))).check(z.minLength(2), z.maxLength(4));

function readInputShape(config: Record<string, unknown>): Shape {
  // `batch_input_shape` in Keras 2 and tfjs-layers, `batch_shape` in Keras 3.
  const result = batchShape.safeParse(config.batch_input_shape ?? config.batch_shape);
  const shape = result.success ? result.data.slice(1) : [null];
  if (shape.includes(null)) {
    throw new NetworkError('network-invalid', 'The first layer has no complete input shape (batch_input_shape)');
  }
  return shape as number[];
}

function camelCased(config: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [toCamelCase(key), value]));
}

const toSnakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toCamelCase = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
