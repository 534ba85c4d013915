/** The forward pass for training: it ends before the activation that the loss includes, with dropout and batch statistics. */

import { batchNormalizationWeights } from '@glimpse/shared/model/layers/batch-normalization';
import { kindOf, type Layer } from '@glimpse/shared/model/layers/table';
import {
  type Architecture,
  inferShapes,
  type ShapedLayer,
  weightName,
} from '@glimpse/shared/model/network/architecture';
import type { Activation } from '@glimpse/shared/model/network/layer';
import { kernelWindow, padForWindow } from '@glimpse/shared/model/network/spatial';
import { INPUT } from '@glimpse/shared/model/network/wiring';
import {
  cast,
  greaterEqual,
  keep,
  mul,
  ones,
  sigmoid,
  softmax,
  type Tensor,
  type Tensor4D,
  zeros,
} from '@tensorflow/tfjs-core';
import type { BatchStatistics, TrainingKernels } from '../engines/training-kernels.ts';
import { TrainingError } from '../training-error.ts';
import { type LossName, losses } from './losses/table.ts';

/** Input and output of a training pass. At inference there is none. */
export interface TrainingPass {
  /** int32 [2], seed and step: decides the dropout masks. */
  readonly key: Tensor;
  /** By the batch normalization's name. Kept: the caller disposes of them. */
  readonly statistics: Map<string, BatchStatistics>;
}

export interface Pass {
  readonly kernels: TrainingKernels;
  /** All of the architecture's, by their names. */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly training?: TrainingPass;
}

/** [n, ...input] → [n, units], before the activation that the loss includes. */
export type Forward = (pass: Pass, x: Tensor) => Tensor;

type LayerOf<ClassName extends Layer['className']> = Extract<Layer, { className: ClassName }>;

interface PlannedLayer extends ShapedLayer {
  /** A max pooling that runs before this layer's bias and activation, which then have fewer values to process. */
  readonly poolFirst?: LayerOf<'MaxPooling2D'>;
  /** The name under which later layers refer to its output. */
  readonly output: string;
}

/** @throws {TrainingError} `run-invalid` if the last layer does not fit the loss */
export function compileForward(architecture: Architecture, loss: LossName): Forward {
  const steps = planLayers({ ...architecture, layers: withoutLastActivation(architecture, loss) });
  return (pass, input) => {
    const outputs = new Map([[INPUT, input]]);
    for (const step of steps) {
      const taken = step.inputs.map((name) => outputs.get(name)!);
      const weights = step.weights.map((spec) => pass.weights.get(weightName(step.layer, spec))!);
      outputs.set(step.output, applyLayer(step, taken, weights, pass));
    }
    return outputs.get(steps.at(-1)!.output)!;
  };
}

function withoutLastActivation(architecture: Architecture, loss: LossName): readonly Layer[] {
  const { activation } = losses[loss];
  const last = architecture.layers.at(-1)!;
  const is = 'activation' in last.config ? last.config.activation : 'linear';
  if (activation === undefined) return architecture.layers;
  if (is !== activation) {
    throw new TrainingError(
      'run-invalid',
      `"${architecture.name}" ends in ${last.className} "${last.config.name}" with the activation ${is}; the loss ${loss} needs ${activation}.`,
    );
  }
  const before = { ...last, config: { ...last.config, activation: 'linear' } } as Layer;
  return [...architecture.layers.slice(0, -1), before];
}

function planLayers(architecture: Architecture): PlannedLayer[] {
  const shaped = inferShapes(architecture);
  const steps: PlannedLayer[] = [];
  for (const layer of shaped) {
    const before = steps.at(-1);
    // A maximum commutes with an addition and with an increasing function, bit for bit.
    if (layer.layer.className === 'MaxPooling2D' && before && isRising(before) && isOnlyReader(shaped, layer, before)) {
      steps[steps.length - 1] = { ...before, poolFirst: layer.layer, output: layer.layer.config.name };
    } else {
      steps.push({ ...layer, output: layer.layer.config.name });
    }
  }
  return steps;
}

function isRising({ layer, poolFirst }: PlannedLayer): boolean {
  return layer.className === 'Conv2D' && ['linear', 'relu'].includes(layer.config.activation) && !poolFirst;
}

function isOnlyReader(shaped: readonly ShapedLayer[], reader: ShapedLayer, read: PlannedLayer): boolean {
  const { name } = read.layer.config;
  return shaped.every((layer) => layer.inputs.includes(name) === (layer === reader));
}

function applyLayer(step: PlannedLayer, inputs: readonly Tensor[], weights: readonly Tensor[], pass: Pass): Tensor {
  const { kernels, training } = pass;
  const { layer } = step;
  const [x] = inputs as [Tensor];
  switch (layer.className) {
    case 'Conv2D': {
      const [kernel, bias] = weights;
      const isFirst = step.inputs[0] === INPUT;
      const { strides } = layer.config;
      const window = padForWindow(x as Tensor4D, kernelWindow(layer.config));
      const convolved = kernels.conv2d(window.x, kernel!, { strides, padding: window.padding }, isFirst);
      const pooled = step.poolFirst ? pool(step.poolFirst, convolved, kernels) : convolved;
      return activate(kernels, layer.config.activation, bias ? kernels.biasAdd(pooled, bias) : pooled);
    }
    case 'Dense': {
      const [kernel, bias] = weights;
      const product = kernels.matMul(x, kernel!);
      return activate(kernels, layer.config.activation, bias ? kernels.biasAdd(product, bias) : product);
    }
    case 'Activation':
      return activate(kernels, layer.config.activation, x);
    case 'MaxPooling2D':
      return pool(layer, x, kernels);
    case 'Dropout':
      return training ? dropOut(x, layer.config, training.key, kernels) : x;
    case 'BatchNormalization':
      return training
        ? normalizeByBatch(layer, x, weights, kernels, training)
        : kindOf(layer).apply(layer.config, inputs, weights);
    default:
      return kindOf(layer).apply(layer.config, inputs, weights);
  }
}

function pool(layer: LayerOf<'MaxPooling2D'>, x: Tensor, kernels: TrainingKernels): Tensor {
  const { poolSize: size, padding } = layer.config;
  const strides = layer.config.strides ?? size;
  const window = padForWindow(x as Tensor4D, { size, strides, padding }, Number.NEGATIVE_INFINITY);
  return kernels.maxPool(window.x, size, { strides, padding: window.padding });
}

function normalizeByBatch(
  { config }: LayerOf<'BatchNormalization'>,
  x: Tensor,
  weights: readonly Tensor[],
  kernels: TrainingKernels,
  training: TrainingPass,
): Tensor {
  const { gamma, beta, mean: moving } = batchNormalizationWeights(config, weights);
  const { y, mean, variance } = kernels.batchNormalize(
    x,
    gamma ?? ones(moving.shape),
    beta ?? zeros(moving.shape),
    config.epsilon,
  );
  training.statistics.set(config.name, { mean: keep(mean), variance: keep(variance) });
  return y;
}

function activate(kernels: TrainingKernels, activation: Activation, x: Tensor): Tensor {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return kernels.relu(x);
    case 'sigmoid':
      return sigmoid(x);
    case 'softmax':
      return softmax(x);
  }
}

/** Zero with probability `rate`, otherwise scaled by 1 / (1 - rate), so that the expected sum does not change. */
function dropOut(
  x: Tensor,
  { name, rate }: { name: string; rate: number },
  key: Tensor,
  kernels: TrainingKernels,
): Tensor {
  const stays = greaterEqual(kernels.uniform(x.shape, key, `dropout/${name}`), rate);
  return mul(mul(x, cast(stays, 'float32')), 1 / (1 - rate));
}
