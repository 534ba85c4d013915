/** The forward pass as training sees it: logits, and dropout switched on. */
import type { Architecture } from '@glimpse/shared/network/architecture';
import { place, weightName } from '@glimpse/shared/network/architecture';
import { kindOf, type Layer } from '@glimpse/shared/network/layers/table';
import { INPUT } from '@glimpse/shared/network/wiring';
import { mul, type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import { TrainingError } from '../training-error.ts';
import { randomStream } from './random.ts';

/** Decides the dropout masks: the same numbers give the same masks. */
export interface DropoutSource {
  readonly seed: number;
  /** Steps since the run began, over all epochs. */
  readonly step: number;
}

export type Forward = (x: Tensor, weights: ReadonlyMap<string, Tensor>, dropout: DropoutSource | undefined) => Tensor2D;

/**
 * Compiles an architecture to its training pass: [n, ...input] → [n, classes] logits. The softmax at the network's end is
 * left to the loss, which is exact for logits and loses digits on probabilities. Without `dropout` the pass is that of
 * inference.
 *
 * @throws {TrainingError} `run-invalid` for a network that does not end in a dense softmax
 */
export function compileForward(architecture: Architecture): Forward {
  const last = architecture.layers.at(-1);
  if (last?.className !== 'Dense' || last.config.activation !== 'softmax') {
    throw new TrainingError(
      'run-invalid',
      `"${architecture.name}" does not end in a Dense layer with softmax, so it cannot be trained as a classifier.`,
    );
  }
  const logitsLayer: Layer = { ...last, config: { ...last.config, activation: 'linear' } };
  const placed = place({ ...architecture, layers: [...architecture.layers.slice(0, -1), logitsLayer] });
  return (input, weights, dropout) => {
    const outputs = new Map([[INPUT, input]]);
    for (const { layer, inputs, weights: specs } of placed) {
      const taken = inputs.map((name) => outputs.get(name)!);
      const layerWeights = specs.map((spec) => weights.get(weightName(layer, spec))!);
      const [x] = taken as [Tensor];
      outputs.set(
        layer.config.name,
        layer.className === 'Dropout' && dropout
          ? mul(x, dropoutMask(x.shape, layer.config.rate, layer.config.name, dropout))
          : kindOf(layer).apply(layer.config, taken, layerWeights),
      );
    }
    return outputs.get(last.config.name) as Tensor2D;
  };
}

/** 0 with probability `rate`, else 1 / (1 - rate), so that the expected sum stays what it is without dropout. */
function dropoutMask(shape: number[], rate: number, layerName: string, source: DropoutSource): Tensor {
  const stream = randomStream(source.seed, `dropout/${layerName}/${source.step}`);
  // Compared as 32-bit integers: no rounding can make two engines draw different masks.
  const threshold = rate * 2 ** 32;
  const scale = 1 / (1 - rate);
  const length = shape.reduce((product, size) => product * size, 1);
  return tensor(
    Float32Array.from({ length }, () => (stream() < threshold ? 0 : scale)),
    shape,
  );
}
