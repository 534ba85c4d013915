/**
 * Keras' own JSON of a model → the topology that the network runner reads: without what does nothing at inference, and
 * without a rescaling in front, which the input contract does.
 */
import { layerKinds } from '@glimpse/shared/model/layers/table';
import * as z from 'zod/mini';
import { TrainingError } from '../training-error.ts';

/** Keras passes the input through these at inference (tried with Keras 2.15 and 3.15). */
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

/** Of a layer's connections: Keras 3 nests references 7 deep. */
const MAX_DEPTH = 30;

type LayerJson = z.infer<typeof layerSchema>;

/** What a Rescaling layer did: its output is input * scale + offset. One number, or one a channel. */
export interface Rescaling {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

export interface ServedModel {
  /** For `readTopology`. */
  readonly topology: unknown;
  /** Layers that do nothing at inference and were left out. */
  readonly dropped: readonly NamedLayer[];
  /** Of the layers in front that were left out; undefined where there were none. */
  readonly rescaling: Rescaling | undefined;
}

export interface NamedLayer {
  readonly name: string;
  readonly className: string;
}

/**
 * @param modelConfig of a `KerasFile`: a Sequential or Functional model, in the words of Keras 2 or 3
 * @throws {TrainingError} `keras-model-unsupported`, naming every layer that is not run; `keras-file-invalid` for JSON of
 * another form
 */
export function servedModel(modelConfig: unknown): ServedModel {
  const result = modelSchema.safeParse(modelConfig);
  if (!result.success) {
    throw new TrainingError('keras-file-invalid', `Not a Keras model's layers: ${z.prettifyError(result.error)}`);
  }
  const model = result.data;
  const isSequential = model.class_name === 'Sequential';
  const given = model.config.layers;
  // Older Keras writes no InputLayer into a Sequential: the first layer says the shape, which may be one that is dropped.
  const layers = given.some(isInput) || !isSequential ? given : [inputFrom(given[0]!), ...given];
  const takes = new Map(
    layers.map((layer, index) => [nameOf(layer), isSequential ? before(layers, index) : taken(layer)]),
  );
  const dropped = new Set(layers.filter(({ class_name }) => inferenceNoOps.has(class_name)).map(nameOf));
  const source = (name: string): string => {
    let from = name;
    // A file may say that layers take each other in a ring.
    for (let step = 0; dropped.has(from) && step < layers.length; step++) from = takes.get(from)?.[0] ?? from;
    return from;
  };
  const augmentation = layers.filter((layer) => dropped.has(nameOf(layer))).map(named);
  const rescalings: Rescaling[] = [];
  for (let front = rescalingInFront(); front; front = rescalingInFront()) {
    rescalings.push(readRescaling(front));
    dropped.add(nameOf(front));
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

  /** The Rescaling that alone takes the input. */
  function rescalingInFront(): LayerJson | undefined {
    const readers = layers.filter((layer) => {
      const from = takes.get(nameOf(layer))!;
      return !dropped.has(nameOf(layer)) && from.some((name) => isInput(byName(source(name))));
    });
    return readers.length === 1 && readers[0]!.class_name === 'Rescaling' ? readers[0] : undefined;
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

/** The names that a layer of a Functional model takes: the references within its connections. */
function taken({ inbound_nodes }: LayerJson): string[] {
  const names: string[] = [];
  redirect(inbound_nodes, (name) => {
    names.push(name);
    return name;
  });
  return names;
}

/** The same JSON with other names in its references, which are [layer, node, tensor, …] in Keras 2 and 3. */
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
    // A rescaling in front is no layer of the network; anywhere else it would have to be one.
    className === 'Rescaling' ? `"${name}" (Rescaling behind another layer)` : `"${name}" (${className})`,
  );
  throw new TrainingError(
    'keras-model-unsupported',
    layers.length === 0
      ? 'The model has no layer that does something at inference.'
      : `These layers are not supported: ${listed.join(', ')}. Supported are ${Object.keys(layerKinds).join(', ')}, ` +
          'Rescaling in front, and augmentation, which does nothing at inference.',
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
