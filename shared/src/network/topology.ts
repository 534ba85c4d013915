/**
 * Architecture ⇄ the `modelTopology` of a tfjs layers-model file, which is Keras' own JSON: class names and snake_case
 * options. tfjs-layers loads what is written here, and what tfjs-layers or its converter wrote is read here.
 */
import * as z from 'zod/mini';
import { type Architecture, readLayer } from './architecture.ts';
import type { Shape } from './layer.ts';
import { NetworkError } from './network-error.ts';

const layerJson = z.object({ class_name: z.string(), config: z.record(z.string(), z.unknown()) });
const sequentialJson = z.object({
  class_name: z.string(),
  config: z.object({
    name: z.optional(z.string()),
    layers: z.array(layerJson).check(z.minLength(1), z.maxLength(1000)),
  }),
});
/** tfjs-layers writes the model itself, its converter wraps it as Keras' h5 files do. */
const topologyJson = z.union([sequentialJson, z.object({ model_config: sequentialJson })]);

export type TopologyJson = z.infer<typeof sequentialJson>;

export function writeTopology(architecture: Architecture): TopologyJson {
  const batchInputShape = [null, ...architecture.inputShape];
  return {
    class_name: 'Sequential',
    config: {
      name: architecture.name,
      layers: architecture.layers.map(({ className, config }, index) => ({
        class_name: className,
        config: renameKeys({ ...config, ...(index === 0 ? { batchInputShape } : {}) }, toSnakeCase),
      })),
    },
  };
}

/**
 * @throws {NetworkError} `network-unsupported` for a layer or a kind of model that the runner does not execute (a graph
 * with branches, say); `network-invalid` for anything else that is not a layers model
 */
export function readTopology(json: unknown): Architecture {
  const result = topologyJson.safeParse(json);
  if (!result.success) {
    throw new NetworkError('network-invalid', `Not a tfjs layers model: ${z.prettifyError(result.error)}`);
  }
  const model = 'model_config' in result.data ? result.data.model_config : result.data;
  if (model.class_name !== 'Sequential') {
    throw new NetworkError('network-unsupported', `The model is a ${model.class_name}; only Sequential models are run`);
  }
  const all = model.config.layers.map(({ class_name, config }) => ({
    className: class_name,
    config: renameKeys(config, toCamelCase),
  }));
  const inputShape = readInputShape(all[0]!.config);
  const layers = all.filter(({ className }) => className !== 'InputLayer');
  return {
    name: model.config.name ?? 'sequential',
    inputShape,
    layers: layers.map(({ className, config }) => readLayer(className, config)),
  };
}

const batchShape = z.array(z.nullable(z.int().check(z.positive()))).check(z.minLength(2), z.maxLength(4));

function readInputShape(firstConfig: Record<string, unknown>): Shape {
  // `batch_input_shape` in Keras 2 and tfjs-layers, `batch_shape` in Keras 3
  const result = batchShape.safeParse(firstConfig.batchInputShape ?? firstConfig.batchShape);
  const shape = result.success ? result.data.slice(1) : [null];
  if (shape.includes(null)) {
    throw new NetworkError(
      'network-invalid',
      'The first layer does not say its input shape (batch_input_shape) in full',
    );
  }
  return shape as number[];
}

function renameKeys(config: object, rename: (key: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [rename(key), value]));
}

const toSnakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toCamelCase = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
