/**
 * Keras' own JSON of a model → the topology that the network runner reads: without what does nothing at inference, and
 * without a rescaling in front, which the input contract does.
 */
import { layerKinds } from '@glimpse/shared/network/layers/table';
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
});
const modelSchema = z.looseObject({
  class_name: z.string(),
  config: z.looseObject({ layers: z.array(layerSchema).check(z.minLength(1), z.maxLength(1000)) }),
});
const perChannel = z.union([z.number(), z.array(z.number())]);
const rescalingSchema = z.looseObject({ scale: perChannel, offset: z._default(perChannel, 0) });

type LayerJson = z.infer<typeof layerSchema>;

/** What a Rescaling layer did: its output is input * scale + offset. One number, or one a channel. */
export interface Rescaling {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

export interface ServedModel {
  /** For `readTopology`. */
  readonly topology: unknown;
  /** The layers that remain, in order; the input is not among them. */
  readonly layers: readonly { readonly name: string; readonly className: string }[];
  /** Layers that do nothing at inference, as `random_flip (RandomFlip)`. */
  readonly dropped: readonly { readonly name: string; readonly className: string }[];
  /** Of the layers in front that were taken out; undefined where there were none. */
  readonly rescaling: Rescaling | undefined;
}

/**
 * @param modelConfig of a `KerasFile`
 * @throws {TrainingError} `keras-model-unsupported`, naming every layer that is not run; `keras-file-invalid` for JSON of
 * another form
 */
export function servedModel(modelConfig: unknown): ServedModel {
  const result = modelSchema.safeParse(modelConfig);
  if (!result.success) {
    throw new TrainingError('keras-file-invalid', `Not a Keras model's layers: ${z.prettifyError(result.error)}`);
  }
  const model = result.data;
  if (model.class_name !== 'Sequential') {
    throw new TrainingError(
      'keras-model-unsupported',
      `The model is a ${model.class_name}; models of the class Sequential are read.`,
    );
  }
  const input = model.config.layers.find(({ class_name }) => class_name === 'InputLayer');
  const all = model.config.layers.filter((layer) => layer !== input);
  const dropped = all.filter(({ class_name }) => inferenceNoOps.has(class_name));
  const kept = all.filter((layer) => !dropped.includes(layer));
  const first = kept.findIndex(({ class_name }) => class_name !== 'Rescaling');
  const inFront = kept.slice(0, first < 0 ? kept.length : first);
  const layers = kept.slice(inFront.length);
  refuseUnknown(layers);
  return {
    topology: {
      ...model,
      config: { ...model.config, layers: [inputLayer(input ?? all[0]!), ...layers.map(withoutInputShape)] },
    },
    layers: layers.map(named),
    dropped: dropped.map(named),
    rescaling: inFront.length === 0 ? undefined : inFront.map(readRescaling).reduce(followedBy),
  };
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

/** The input's shape stands in an InputLayer, or in the first layer, which may be one that is dropped. */
function inputLayer({ config }: LayerJson): LayerJson {
  return {
    class_name: 'InputLayer',
    config: { name: 'input', batch_input_shape: config.batch_input_shape ?? config.batch_shape },
  };
}

function withoutInputShape(layer: LayerJson): LayerJson {
  const { batch_input_shape: _, batch_shape: __, ...config } = layer.config;
  return { ...layer, config };
}

function readRescaling(layer: LayerJson): Rescaling {
  const result = rescalingSchema.safeParse(layer.config);
  if (!result.success) {
    throw new TrainingError(
      'keras-model-unsupported',
      `The layer "${named(layer).name}" (Rescaling): ${z.prettifyError(result.error)}`,
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

function named({ class_name, config }: LayerJson): { name: string; className: string } {
  return { name: config.name ?? class_name, className: class_name };
}
