/** Measures a network with quantized weights, using the Worker's runner. */
import { readModelFile, storedAsFloat32, writeModelFile } from '@glimpse/shared/model/network/model-file';
import { Network } from '@glimpse/shared/model/network/network';
import type { Metrics } from '@glimpse/shared/release/manifest';
import type { ImageSet } from '../data/image-set.ts';
import { type Agreement, agreement } from '../evaluate/compare-answers.ts';
import { type Evaluation, measureNetwork, type OnProgress, type Trained } from '../evaluate/evaluate.ts';
import { type QuantizationType, quantizeWeights } from '../quantize/quantize-weights.ts';
import { TrainingError } from '../training-error.ts';

export interface QuantizedMeasurement extends Agreement {
  readonly dtype: QuantizationType;
  /** Size of model.json and weights.bin together. */
  readonly bytes: number;
  readonly metrics: Metrics;
}

/** The type cannot represent the weights; `reason` says why. */
export interface NotQuantized {
  readonly dtype: QuantizationType;
  readonly reason: string;
}

/** Size of model.json and weights.bin with float32 weights. */
export function floatBytes({ architecture, weights }: Trained): number {
  return fileBytes(
    writeModelFile(
      architecture,
      [...weights].map(([name, weight]) => storedAsFloat32(name, weight)),
    ),
  );
}

function fileBytes({ modelJson, weightsBin }: ReturnType<typeof writeModelFile>): number {
  return Buffer.byteLength(modelJson) + weightsBin.length;
}

/** @param float the result of `measureTrained` for the same set */
export function measureQuantized(
  trained: Trained,
  dtype: QuantizationType,
  set: ImageSet,
  float: Evaluation,
  onProgress: OnProgress,
): QuantizedMeasurement | NotQuantized {
  let stored: ReturnType<typeof quantizeWeights>;
  try {
    stored = quantizeWeights(trained.weights, dtype);
  } catch (error) {
    if (error instanceof TrainingError) return { dtype, reason: error.message };
    throw error;
  }
  // Written and read like a release, with the Worker's own reader.
  const files = writeModelFile(trained.architecture, stored);
  const network = Network.fromFiles(readModelFile(files.modelJson), new Map([['weights.bin', files.weightsBin]]));
  const classes = network.outputs;
  const { metrics, probabilities } = measureNetwork(network, trained.input, set, onProgress);
  return {
    dtype,
    bytes: fileBytes(files),
    metrics,
    ...agreement(float.probabilities, probabilities, classes),
  };
}
