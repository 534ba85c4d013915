/** A Keras file → an architecture and its weights, each weight matched by its layer's name and its own. */
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
  /** What the model did to its input first, and the input contract does now. */
  readonly rescaling: Rescaling | undefined;
  /** Layers of the file that do nothing at inference and were left out. */
  readonly dropped: readonly NamedLayer[];
}

/**
 * @param name of the new architecture: Keras' own is `sequential_3`
 * @throws {TrainingError} `keras-model-unsupported` for a layer, or an end, that is not served; `keras-weight-unmatched`
 * naming weight and layer
 * @throws {NetworkError} for an option of a layer that is not run, and for layers that do not fit together
 */
export function importModel(file: KerasFile, name: string): ImportedModel {
  const { topology, dropped, rescaling } = servedModel(file.modelConfig);
  const architecture = { ...readTopology(topology), name };
  refuseOtherEnds(architecture);
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
          `The weight "${spec.name}" of layer "${layer.config.name}" is [${match.shape}] in the file, but the layer wants [${spec.shape}].`,
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

/** What is served answers with one probability a class. */
function refuseOtherEnds({ layers }: Architecture): void {
  const { className, config } = layers.at(-1)!;
  if ('activation' in config && config.activation === 'softmax') return;
  throw new TrainingError(
    'keras-model-unsupported',
    `The model ends in "${config.name}" (${className}) and not in a softmax over its classes. Where it gives logits, save it ` +
      'with keras.layers.Activation("softmax") behind.',
  );
}

/** Keras 3 calls `kernel` what Keras 2 and tfjs call `depthwise_kernel`, where the layer has no other kernel. */
function sameWeight({ name }: KerasWeight, spec: WeightSpec): boolean {
  return name === spec.name || (name === 'kernel' && spec.name === 'depthwise_kernel');
}

function unmatched(layer: string, spec: WeightSpec, stored: readonly KerasWeight[]): TrainingError {
  const there = stored.map(({ name }) => `"${name}"`).join(', ') || 'none';
  return new TrainingError(
    'keras-weight-unmatched',
    `The weight "${spec.name}" of layer "${layer}" is not in the file; of this layer it holds ${there}.`,
  );
}

function superfluous(layer: string, weight: string): TrainingError {
  return new TrainingError(
    'keras-weight-unmatched',
    `The file holds a weight "${weight}" of layer "${layer}" that nothing in the model wants.`,
  );
}
