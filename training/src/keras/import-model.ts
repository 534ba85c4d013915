/** Converts a Keras file to an architecture and its weights, matched by layer name and weight name. */
import { type Architecture, inferShapes, weightName } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { readTopology } from '@glimpse/shared/model/network/topology';
import type { WeightSpec } from '@glimpse/shared/model/network/weight-spec';
import { TrainingError } from '../training-error.ts';
import type { KerasFile, KerasWeight } from './keras-file.ts';
import { type NamedLayer, type Rescaling, servedModel } from './model-config.ts';

export interface ImportedModel {
  readonly architecture: Architecture;
  readonly weights: Weights;
  /** The model's own input rescaling, which is now part of the input contract. */
  readonly rescaling: Rescaling | undefined;
  /** Dropped layers, which do nothing at inference. */
  readonly dropped: readonly NamedLayer[];
}

/**
 * @param name of the new architecture, because Keras' own is like `sequential_3`
 * @throws {TrainingError} `keras-model-unsupported` if a layer or the output is not supported; `keras-weight-unmatched`
 * @throws {NetworkError} if a layer option is not supported, or the shapes of layers do not match
 */
export function importModel(file: KerasFile, name: string): ImportedModel {
  const { topology, dropped, rescaling } = servedModel(file.modelConfig);
  const architecture = { ...readTopology(topology), name };
  requireSoftmax(architecture);
  const shaped = inferShapes(architecture);
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const { layer, weights: specs } of shaped) {
    const stored = file.weights.get(layer.config.name) ?? [];
    const unused = new Set(stored);
    for (const spec of specs) {
      const match = stored.find((weight) => sameWeight(weight, spec));
      if (!match) throw unmatched(layer.config.name, spec, stored);
      if (String(match.shape) !== String(spec.shape)) {
        throw new TrainingError(
          'keras-weight-unmatched',
          `The weight "${spec.name}" of layer "${layer.config.name}" is [${match.shape}] in the file, but the layer expects [${spec.shape}].`,
        );
      }
      unused.delete(match);
      weights.set(weightName(layer, spec), { shape: spec.shape, values: match.values });
    }
    for (const { name: extra } of unused) throw superfluous(layer.config.name, extra);
  }
  const known = new Set([...shaped.map(({ layer }) => layer.config.name), ...dropped.map((layer) => layer.name)]);
  for (const [layer, [weight]] of file.weights) {
    if (!known.has(layer) && weight) throw superfluous(layer, weight.name);
  }
  return { architecture, weights, rescaling, dropped };
}

/** The Worker expects one probability per class. */
function requireSoftmax({ layers }: Architecture): void {
  const { className, config } = layers.at(-1)!;
  if ('activation' in config && config.activation === 'softmax') return;
  throw new TrainingError(
    'keras-model-unsupported',
    `The model ends in "${config.name}" (${className}), but must end in a softmax over its classes. If it outputs logits, ` +
      'append keras.layers.Activation("softmax") and save it again.',
  );
}

/** If a layer has only a depthwise kernel, Keras 3 calls it `kernel`; Keras 2 and tfjs call it `depthwise_kernel`. */
function sameWeight({ name }: KerasWeight, spec: WeightSpec): boolean {
  return name === spec.name || (name === 'kernel' && spec.name === 'depthwise_kernel');
}

function unmatched(layer: string, spec: WeightSpec, stored: readonly KerasWeight[]): TrainingError {
  const there = stored.map(({ name }) => `"${name}"`).join(', ') || 'none';
  return new TrainingError(
    'keras-weight-unmatched',
    `The weight "${spec.name}" of layer "${layer}" is not in the file. For this layer, the file contains ${there}.`,
  );
}

function superfluous(layer: string, weight: string): TrainingError {
  return new TrainingError(
    'keras-weight-unmatched',
    `The file contains the weight "${weight}" of layer "${layer}", which the model does not have.`,
  );
}
