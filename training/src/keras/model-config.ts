/**
 * Converts Keras' model configuration to the topology that the network runner reads. Drops layers that do nothing at
 * inference, and rescaling layers at the start, which the input contract replaces.
 */
import { layerKinds } from '@glimpse/shared/model/layers/table';
import * as z from 'zod/mini';
import { TrainingError } from '../training-error.ts';

/** Layers that are the identity at inference (verified with Keras 2.15 and 3.15). */
const inferenceNoOps = new Set([
  ...['ActivityRegularization', 'AlphaDropout', 'AugMix', 'CutMix', 'GaussianDropout', 'GaussianNoise', 'MixUp'],
  ...['RandAugment', 'RandomBrightness', 'RandomColorDegeneration', 'RandomColorJitter', 'RandomContrast'],
  ...['RandomElasticTransform', 'RandomErasing', 'RandomFlip', 'RandomGaussianBlur', 'RandomGrayscale', 'RandomHue'],
  ...['RandomInvert', 'RandomPerspective', 'RandomPosterization', 'RandomRotation', 'RandomSaturation'],
  ...['RandomSharpness', 'RandomShear', 'RandomTranslation', 'RandomZoom', 'SpatialDropout2D'],
]);

const layerSchema = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({ name: z.optional(z.string()) }),
  inbound_nodes: z.optional(z.unknown()),
});
const modelSchema = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({
    layers: z.array(layerSchema).check(z.minLength(1), z.maxLength(1000)),
    output_layers: z.optional(z.unknown()),
  }),
});
const perChannel = z.union([z.number(), z.array(z.number())]);
const rescalingSchema = z.looseObject({ scale: perChannel, offset: z._default(perChannel, 0) });

/** Nesting limit of a layer's connections. Keras 3 nests references 7 deep. */
const MAX_DEPTH = 30;

type LayerJson = z.infer<typeof layerSchema>;

/** A Rescaling layer: output = input * scale + offset, with one number, or one per channel. */
export interface Rescaling {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

export interface ServedModel {
  /** The argument of `readTopology`. */
  readonly topology: unknown;
  /** Dropped layers, which do nothing at inference. */
  readonly dropped: readonly NamedLayer[];
  /** The combined effect of the rescaling layers at the start; undefined if there are none. */
  readonly rescaling: Rescaling | undefined;
}

export interface NamedLayer {
  readonly name: string;
  readonly className: string;
}

/**
 * @param modelConfig of a `KerasFile`: a Sequential or Functional model of Keras 2 or 3
 * @throws {TrainingError} `keras-model-unsupported` with every unsupported layer; `keras-file-invalid` if the JSON is not a
 * model's configuration
 */
export function servedModel(modelConfig: unknown): ServedModel {
  const result = modelSchema.safeParse(modelConfig);
  if (!result.success) {
    throw new TrainingError(
      'keras-file-invalid',
      `The file's model_config is invalid: ${z.prettifyError(result.error)}`,
    );
  }
  const model = result.data;
  const isSequential = model.class_name === 'Sequential';
  const given = model.config.layers;
  // Older versions of Keras write no InputLayer into a Sequential. Its first layer has the shape, even if it is dropped.
  const layers = given.some(isInput) || !isSequential ? given : [inputFrom(given[0]!), ...given];
  const inputs = new Map(
    layers.map((layer, index) => [nameOf(layer), isSequential ? before(layers, index) : inputsOf(layer)]),
  );
  const dropped = new Set(layers.filter(({ class_name }) => inferenceNoOps.has(class_name)).map(nameOf));
  const source = (name: string): string => {
    let from = name;
    // A file may connect layers in a cycle.
    for (let step = 0; dropped.has(from) && step < layers.length; step++) from = inputs.get(from)?.[0] ?? from;
    return from;
  };
  const augmentation = layers.filter((layer) => dropped.has(nameOf(layer))).map(named);
  const rescalings: Rescaling[] = [];
  for (let first = firstRescaling(); first; first = firstRescaling()) {
    rescalings.push(readRescaling(first));
    dropped.add(nameOf(first));
  }
  const kept = layers.filter((layer) => !dropped.has(nameOf(layer)));
  refuseUnknown(kept.filter((layer) => !isInput(layer)));
  const rewired = kept.map(({ inbound_nodes, ...layer }) => ({
    ...layer,
    config: isSequential && !isInput(layer) ? withoutShape(layer.config) : layer.config,
    ...(isSequential ? {} : { inbound_nodes: redirect(inbound_nodes, source) }),
  }));
  const outputs = redirect(model.config.output_layers, source);
  return {
    topology: { ...model, config: { ...model.config, layers: rewired, output_layers: outputs } },
    dropped: augmentation,
    rescaling: rescalings.length === 0 ? undefined : rescalings.reduce(followedBy),
  };

  /** The Rescaling that is the only layer connected to the input. */
  function firstRescaling(): LayerJson | undefined {
    const consumers = layers.filter((layer) => {
      const from = inputs.get(nameOf(layer))!;
      return !dropped.has(nameOf(layer)) && from.some((name) => isInput(byName(source(name))));
    });
    return consumers.length === 1 && consumers[0]!.class_name === 'Rescaling' ? consumers[0] : undefined;
  }

  function byName(name: string): LayerJson | undefined {
    return layers.find((layer) => nameOf(layer) === name);
  }
}

function isInput(layer: LayerJson | undefined): boolean {
  return layer?.class_name === 'InputLayer';
}

function before(layers: readonly LayerJson[], index: number): string[] {
  return index === 0 ? [] : [nameOf(layers[index - 1]!)];
}

/** The names of the layers that a layer of a Functional model is connected to. */
function inputsOf({ inbound_nodes }: LayerJson): string[] {
  const names: string[] = [];
  redirect(inbound_nodes, (name) => {
    names.push(name);
    return name;
  });
  return names;
}

/** Renames the layers in a layer's connections, which contain references of the form [layer, node, tensor, …]. */
function redirect(json: unknown, rename: (name: string) => string, depth = 0): unknown {
  if (depth > MAX_DEPTH)
    throw new TrainingError('keras-file-invalid', "The layers' connections are nested too deeply.");
  if (Array.isArray(json)) {
    const [name, node, tensor] = json;
    if (typeof name === 'string' && typeof node === 'number' && typeof tensor === 'number') {
      return [rename(name), ...json.slice(1)];
    }
    return json.map((entry) => redirect(entry, rename, depth + 1));
  }
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, redirect(value, rename, depth + 1)]));
}

function refuseUnknown(layers: readonly LayerJson[]): void {
  const unknown = layers.filter(({ class_name }) => !Object.hasOwn(layerKinds, class_name));
  if (unknown.length === 0 && layers.length > 0) return;
  const listed = unknown.map(named).map(({ name, className }) =>
    // A rescaling at the start becomes part of the input contract. Elsewhere it would have to be a layer.
    className === 'Rescaling' ? `"${name}" (Rescaling after another layer)` : `"${name}" (${className})`,
  );
  throw new TrainingError(
    'keras-model-unsupported',
    layers.length === 0
      ? 'The model has no layers that have an effect at inference.'
      : `These layers are not supported: ${listed.join(', ')}. Supported: ${Object.keys(layerKinds).join(', ')}, ` +
          'Rescaling at the start, and augmentation layers, which have no effect at inference.',
  );
}

function inputFrom({ config }: LayerJson): LayerJson {
  return {
    class_name: 'InputLayer',
    config: { name: 'input', batch_input_shape: config.batch_input_shape ?? config.batch_shape },
  };
}

function withoutShape({ batch_input_shape: _, batch_shape: __, ...config }: LayerJson['config']): LayerJson['config'] {
  return config;
}

function readRescaling(layer: LayerJson): Rescaling {
  const result = rescalingSchema.safeParse(layer.config);
  if (!result.success) {
    throw new TrainingError(
      'keras-model-unsupported',
      `The layer "${nameOf(layer)}" (Rescaling): ${z.prettifyError(result.error)}`,
    );
  }
  return { scale: [result.data.scale].flat(), offset: [result.data.offset].flat() };
}

/** (x * scale + offset) * scale' + offset' */
function followedBy(first: Rescaling, second: Rescaling): Rescaling {
  const channels = Math.max(...[first, second].flatMap(({ scale, offset }) => [scale.length, offset.length]));
  const at = (values: readonly number[], channel: number) => values[values.length === 1 ? 0 : channel]!;
  const each = (compute: (channel: number) => number) => Array.from({ length: channels }, (_, i) => compute(i));
  return {
    scale: each((i) => at(first.scale, i) * at(second.scale, i)),
    offset: each((i) => at(first.offset, i) * at(second.scale, i) + at(second.offset, i)),
  };
}

function named(layer: LayerJson): NamedLayer {
  return { name: nameOf(layer), className: layer.class_name };
}

function nameOf({ class_name, config }: LayerJson): string {
  return config.name ?? class_name;
}
