/** An architecture as data: the input shape and the layers, with all options filled in. */
import * as z from 'zod/mini';
import { kindOf, type Layer, type LayerInput, layerKinds } from '../layers/table.ts';
import type { Shape } from './layer.ts';
import { NetworkError } from './network-error.ts';
import type { WeightSpec } from './weight-spec.ts';
import { INPUT, type WiredLayer, wire, withoutDefaultInputs } from './wiring.ts';

export interface Architecture {
  readonly name: string;
  /** [height, width, channels], or [length] for a vector. */
  readonly inputShape: Shape;
  /** In the order of computation. The output of the last one is the network's output. */
  readonly layers: readonly Layer[];
}

/** A layer with its shapes, weights and costs in the network. */
export interface ShapedLayer extends WiredLayer {
  /** One for each input. */
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly weights: readonly WeightSpec[];
  readonly parameters: number;
  readonly trainableParameters: number;
  readonly multiplyAdds: number;
}

/**
 * Validates the layers and fills in Keras' defaults and names (`conv2d`, `conv2d_1`, …).
 *
 * @throws {NetworkError} `network-unsupported` for a layer that is not in the table; `network-invalid` for an invalid or
 * unknown option, and for shapes that do not fit together
 */
export function defineArchitecture(name: string, inputShape: Shape, layers: readonly LayerInput[]): Architecture {
  const seen = new Map<string, number>();
  const named = layers.map(({ className, config = {}, inputs }) => {
    const stem = snakeCase(className);
    const count = seen.get(stem) ?? 0;
    // As in Keras, a layer with an explicit name is not counted.
    if (config.name === undefined) seen.set(stem, count + 1);
    const full = { name: count === 0 ? stem : `${stem}_${count}`, ...config };
    const unknown = optionsOf(className, full.name).unknown(full);
    if (unknown.length > 0) {
      const known = optionsOf(className, full.name).known.join(', ');
      throw new NetworkError(
        'network-invalid',
        `Layer "${full.name}" (${className}) has no option "${unknown[0]}". It has ${known}.`,
      );
    }
    return readLayer(className, full, inputs);
  });
  const architecture = { name, inputShape, layers: withoutDefaultInputs(named) };
  inferShapes(architecture);
  return architecture;
}

/**
 * Validates one layer's class and configuration (camelCase names). As in Keras, null means absent. Options that do not
 * change the result (initializers, data types) are ignored; unsupported options that would change it are refused.
 */
export function readLayer(className: string, config: Record<string, unknown>, inputs?: readonly string[]): Layer {
  const { kind, unknown } = optionsOf(className, config.name);
  const given = Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null && value !== undefined));
  const refused = unknown(given).find((option) => /(Regularizer|Constraint)$/.test(option));
  if (refused) {
    throw new NetworkError(
      'network-unsupported',
      `Layer "${config.name}" (${className}) has a ${refused}, which is not supported.`,
    );
  }
  const result = kind.config.safeParse(given);
  if (!result.success) {
    throw new NetworkError(
      'network-invalid',
      `Layer "${config.name}" (${className}): ${z.prettifyError(result.error)}`,
    );
  }
  return { className, config: result.data, ...(inputs ? { inputs } : {}) } as Layer;
}

function optionsOf(className: string, name: unknown) {
  if (!Object.hasOwn(layerKinds, className)) {
    const known = Object.keys(layerKinds).join(', ');
    throw new NetworkError(
      'network-unsupported',
      `Layer "${name}" is a ${className}, which is not supported. Supported layers: ${known}.`,
    );
  }
  const kind = layerKinds[className as keyof typeof layerKinds];
  const known = Object.keys(kind.config.shape);
  const unknown = (config: object) => Object.keys(config).filter((option) => !known.includes(option));
  return { kind, known, unknown };
}

/**
 * Infers all shapes, in the order of computation.
 *
 * @throws {NetworkError} `network-invalid` if a layer does not fit its inputs; and as `wire` does
 */
export function inferShapes(architecture: Pick<Architecture, 'inputShape' | 'layers'>): ShapedLayer[] {
  const shapes = new Map([[INPUT, architecture.inputShape]]);
  return wire(architecture.layers).map(({ layer, inputs }) => {
    const inputShapes = inputs.map((input) => shapes.get(input)!);
    const kind = kindOf(layer);
    const weights = kind.weights(layer.config, inputShapes);
    const outputShape = kind.outputShape(layer.config, inputShapes);
    shapes.set(layer.config.name, outputShape);
    return {
      layer,
      inputs,
      inputShapes,
      outputShape,
      weights,
      parameters: count(weights),
      trainableParameters: count(weights.filter(({ trainable }) => trainable)),
      multiplyAdds: kind.multiplyAdds(layer.config, inputShapes),
    };
  });
}

function count(weights: readonly WeightSpec[]): number {
  return weights.reduce((sum, { shape }) => sum + elements(shape), 0);
}

/** The name of a weight in the whole network, as in model.json: `conv2d/kernel`. */
export function weightName(layer: Layer, weight: WeightSpec): string {
  return `${layer.config.name}/${weight.name}`;
}

export interface NetworkSize {
  readonly parameters: number;
  /** For one image. */
  readonly multiplyAdds: number;
  /** Number of classes, for a classifier. */
  readonly outputs: number;
}

export function networkSize(architecture: Pick<Architecture, 'inputShape' | 'layers'>): NetworkSize {
  const shaped = inferShapes(architecture);
  return {
    parameters: shaped.reduce((sum, { parameters }) => sum + parameters, 0),
    multiplyAdds: shaped.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
    outputs: elements(shaped.at(-1)?.outputShape ?? architecture.inputShape),
  };
}

export function elements(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Keras' rule: `MaxPooling2D` → `max_pooling2d`, `Conv2D` → `conv2d`. */
function snakeCase(className: string): string {
  return className.replace(/([a-z0-9])([A-Z])(?=[a-z])/g, '$1_$2').toLowerCase();
}
