/** A trained network → a Keras file that opens in Keras 2.15 and 3.15, compiled, so that training can go on there. */

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

/** The layout is that of this version, which later ones read. */
const KERAS_VERSION = '2.15.0';

/**
 * The optimizer's state stays behind: Keras 3.15 cannot train on from any .h5 that holds one, its own included ("Unknown
 * variable": it builds the optimizer for no weights at all). Without one it starts a new one, as Keras 2.15 does.
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

/** Keras 3 takes the input's shape from an InputLayer only, which a Sequential of ours does not have. */
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
