/** Exports a trained network as a compiled Keras model, which Keras 2.15 and 3.15 can load and continue to train. */

import type { InputContract } from '@glimpse/shared/image/input-contract';
import { type Architecture, inferShapes, weightName } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { writeTopology } from '@glimpse/shared/model/network/topology';
import { INPUT } from '@glimpse/shared/model/network/wiring';
import { type CompileSettings, trainingConfig } from './compile.ts';
import type { KerasFile } from './keras-file.ts';

export interface ExportedModel {
  readonly architecture: Architecture;
  readonly weights: Weights;
  readonly settings: CompileSettings;
  readonly labels: readonly string[];
  readonly input: InputContract;
}

/** The file has the layout of this version. Later versions read it. */
const KERAS_VERSION = '2.15.0';

/**
 * The optimizer's state is not exported: Keras 3.15 cannot resume training from an .h5 file that contains one, not even
 * from its own ("Unknown variable"). Without one, Keras starts with a fresh optimizer.
 */
export function exportModel(model: ExportedModel): KerasFile {
  const { architecture, weights, settings, labels, input } = model;
  const shaped = inferShapes(architecture);
  return {
    kerasVersion: KERAS_VERSION,
    modelConfig: modelConfig(architecture),
    trainingConfig: trainingConfig(settings),
    weights: new Map(
      shaped.map(({ layer, weights: specs }) => [
        layer.config.name,
        specs.map((spec) => ({ ...weights.get(weightName(layer, spec))!, name: spec.name })),
      ]),
    ),
    glimpse: { labels, input },
  };
}

/** Keras 3 reads the input shape only from an InputLayer, which Glimpse's Sequential models do not have. */
function modelConfig(architecture: Architecture): unknown {
  const topology = writeTopology(architecture);
  if (topology.class_name !== 'Sequential') return topology;
  const layers = topology.config.layers.map(({ class_name, config }) => {
    const { batch_input_shape: _, ...rest } = config;
    return { class_name, config: rest };
  });
  const input = {
    class_name: 'InputLayer',
    config: { name: INPUT, batch_input_shape: [null, ...architecture.inputShape], dtype: 'float32' },
  };
  return { ...topology, config: { ...topology.config, layers: [input, ...layers] } };
}
