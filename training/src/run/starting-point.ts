/** The starting point of a run: a network that fits the data, and initial weights if there are any. */
import { architectures } from '@glimpse/shared/model/architectures/registry';
import type { Layer } from '@glimpse/shared/model/layers/table';
import { type Architecture, elements, inferShapes, weightName } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import type { DataSet } from '../data/data-set.ts';
import { initialWeights } from '../fit/initialize.ts';
import { TrainingError } from '../training-error.ts';
import type { SavedModel } from './saved-model.ts';

export interface StartingPoint {
  readonly architecture: Architecture;
  /** Default: random weights. */
  readonly initial?: Weights;
}

/**
 * A built-in network adapted to the data: the input has the size of the images, and the last layer one unit per class.
 *
 * @throws {TrainingError} `run-invalid` if the network does not support images of that size
 */
export function builtInFor(name: string, data: DataSet): StartingPoint {
  return { architecture: fitTo(architectures.get(name)!, data) };
}

/**
 * Another model's network and weights with a new last layer, for transfer learning.
 *
 * @throws {TrainingError} `run-invalid` if its weights do not fit images of that size
 */
export function startFrom(model: SavedModel, data: DataSet, seed: number): StartingPoint {
  const architecture = fitTo(model.architecture, data);
  const fresh = initialWeights(architecture, seed);
  const shaped = inferShapes(architecture);
  const last = shaped.findLast(({ weights }) => weights.length > 0)!;
  const initial = new Map(fresh);
  const shape = model.architecture.inputShape;
  for (const { layer, weights } of shaped) {
    if (layer === last.layer) continue;
    for (const spec of weights) {
      const name = weightName(layer, spec);
      const known = model.weights.get(name);
      if (known?.values.length !== elements(spec.shape)) {
        throw new TrainingError(
          'run-invalid',
          `The weights "${name}" of ${model.description} are [${known?.shape}], but images of ${data.shape.join('x')} need ` +
            `[${spec.shape}]. Use the size it was trained with: ${shape.join('x')} (--size ${model.input.height} --channels ${model.input.channels} for an image folder).`,
        );
      }
      initial.set(name, known);
    }
  }
  return { architecture, initial };
}

function fitTo(architecture: Architecture, data: DataSet): Architecture {
  const classes = data.labels.length;
  const last = architecture.layers.at(-1)!;
  const layers =
    last.className === 'Dense' && last.config.units !== classes && last.config.units !== 1
      ? [...architecture.layers.slice(0, -1), { ...last, config: { ...last.config, units: classes } } as Layer]
      : architecture.layers;
  const fitted = { ...architecture, inputShape: [...data.shape], layers };
  try {
    inferShapes(fitted);
  } catch (cause) {
    throw new TrainingError(
      'run-invalid',
      `"${architecture.name}" does not support images of ${data.shape.join('x')}: ${(cause as Error).message}`,
      { cause },
    );
  }
  return fitted;
}
