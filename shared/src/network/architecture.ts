/** An architecture as data: the input's shape and the layers, each with every option filled in. */
import * as z from 'zod/mini';
import type { Shape, WeightSpec } from './layer.ts';
import { kindOf, type Layer, type LayerInput, layerKinds } from './layers/table.ts';
import { NetworkError } from './network-error.ts';

export interface Architecture {
  readonly name: string;
  /** [height, width, channels], or [length] for a vector. */
  readonly inputShape: Shape;
  readonly layers: readonly Layer[];
}

/** One layer with the sizes that follow from its place in the network. */
export interface PlacedLayer {
  readonly layer: Layer;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly weights: readonly WeightSpec[];
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/**
 * Checks a description and fills in Keras' defaults and names (`conv2d`, `conv2d_1`, …).
 *
 * @throws {NetworkError} `network-unsupported` for a layer that is not in the table; `network-invalid` for a bad option
 */
export function defineArchitecture(name: string, inputShape: Shape, layers: readonly LayerInput[]): Architecture {
  const seen = new Map<string, number>();
  const named = layers.map(({ className, config }) => {
    const stem = snakeCase(className);
    const count = seen.get(stem) ?? 0;
    seen.set(stem, count + 1);
    return readLayer(className, { name: count === 0 ? stem : `${stem}_${count}`, ...config });
  });
  const architecture = { name, inputShape, layers: named };
  place(architecture);
  return architecture;
}

/** Validates one layer's class and configuration (camelCase names). */
export function readLayer(className: string, config: Record<string, unknown>): Layer {
  if (!Object.hasOwn(layerKinds, className)) {
    const known = Object.keys(layerKinds).join(', ');
    throw new NetworkError(
      'network-unsupported',
      `Layer "${config.name}" is a ${className}, which is not supported. Supported are ${known}.`,
    );
  }
  const kind = layerKinds[className as keyof typeof layerKinds];
  const result = kind.config.safeParse(config);
  if (!result.success) {
    throw new NetworkError(
      'network-invalid',
      `Layer "${config.name}" (${className}): ${z.prettifyError(result.error)}`,
    );
  }
  return { className, config: result.data } as Layer;
}

/**
 * Follows the shapes through the network.
 *
 * @throws {NetworkError} `network-invalid` when a layer does not fit the one before it, or two share a name
 */
export function place(architecture: Pick<Architecture, 'inputShape' | 'layers'>): PlacedLayer[] {
  const names = new Set<string>();
  let inputShape = architecture.inputShape;
  return architecture.layers.map((layer) => {
    const { name } = layer.config;
    if (names.has(name)) throw new NetworkError('network-invalid', `Two layers are called "${name}"`);
    names.add(name);
    const kind = kindOf(layer);
    const weights = kind.weights(layer.config, inputShape);
    const placed = {
      layer,
      inputShape,
      outputShape: kind.outputShape(layer.config, inputShape),
      weights,
      parameters: weights.reduce((sum, { shape }) => sum + elements(shape), 0),
      multiplyAdds: kind.multiplyAdds(layer.config, inputShape),
    };
    inputShape = placed.outputShape;
    return placed;
  });
}

/** The name of a weight in the whole network, as it stands in a model.json: `conv2d/kernel`. */
export function weightName(layer: Layer, weight: WeightSpec): string {
  return `${layer.config.name}/${weight.name}`;
}

export interface NetworkSize {
  readonly parameters: number;
  /** Of one picture. */
  readonly multiplyAdds: number;
  /** Classes, for a classifier. */
  readonly outputs: number;
}

export function networkSize(architecture: Pick<Architecture, 'inputShape' | 'layers'>): NetworkSize {
  const placed = place(architecture);
  return {
    parameters: placed.reduce((sum, { parameters }) => sum + parameters, 0),
    multiplyAdds: placed.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0),
    outputs: elements(placed.at(-1)?.outputShape ?? architecture.inputShape),
  };
}

export function elements(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Keras' rule: `MaxPooling2D` → `max_pooling2d`, `Conv2D` → `conv2d`. */
function snakeCase(className: string): string {
  return className.replace(/([a-z0-9])([A-Z])(?=[a-z])/g, '$1_$2').toLowerCase();
}
