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

/** Additional input and output of a training pass; absent at inference. */
export interface TrainingPass {
  /** int32 [2], the seed and the step, which determine the dropout masks. */
  readonly key: Tensor;
  /** By the name of the batch normalization. The caller disposes of them. */
  readonly statistics: Map<string, BatchStatistics>;
}

export interface Pass {
  readonly kernels: TrainingKernels;
  /** All weights of the architecture, by name. */
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
  const plan = planLayers({ ...architecture, layers: withoutLastActivation(architecture, loss) });
  return (pass, input) => {
    const outputs = new Map([[INPUT, input]]);
    for (const planned of plan) {
      const inputs = planned.inputs.map((name) => outputs.get(name)!);
      const weights = planned.weights.map((spec) => pass.weights.get(weightName(planned.layer, spec))!);
      outputs.set(planned.output, applyLayer(planned, inputs, weights, pass));
    }
    return outputs.get(plan.at(-1)!.output)!;
  };
}

function withoutLastActivation(architecture: Architecture, loss: LossName): readonly Layer[] {
  const { activation } = losses[loss];
  const last = architecture.layers.at(-1)!;
  const actual = 'activation' in last.config ? last.config.activation : 'linear';
  if (activation === undefined) return architecture.layers;
  if (actual !== activation) {
    throw new TrainingError(
      'run-invalid',
      `"${architecture.name}" ends in ${last.className} "${last.config.name}" with the activation ${actual}. The loss ${loss} needs ${activation}.`,
    );
  }
  const before = { ...last, config: { ...last.config, activation: 'linear' } } as Layer;
  return [...architecture.layers.slice(0, -1), before];
}

function planLayers(architecture: Architecture): PlannedLayer[] {
  const shaped = inferShapes(architecture);
  const plan: PlannedLayer[] = [];
  for (const layer of shaped) {
    const previous = plan.at(-1);
    // Max pooling commutes bit for bit with adding a bias and with a monotonic activation.
    if (
      layer.layer.className === 'MaxPooling2D' &&
      previous &&
      isMonotonic(previous) &&
      isOnlyConsumer(shaped, layer, previous)
    ) {
      plan[plan.length - 1] = { ...previous, poolFirst: layer.layer, output: layer.layer.config.name };
    } else {
      plan.push({ ...layer, output: layer.layer.config.name });
    }
  }
  return plan;
}

function isMonotonic({ layer, poolFirst }: PlannedLayer): boolean {
  return layer.className === 'Conv2D' && ['linear', 'relu'].includes(layer.config.activation) && !poolFirst;
}

function isOnlyConsumer(shaped: readonly ShapedLayer[], consumer: ShapedLayer, producer: PlannedLayer): boolean {
  const { name } = producer.layer.config;
  return shaped.every((layer) => layer.inputs.includes(name) === (layer === consumer));
}

function applyLayer(planned: PlannedLayer, inputs: readonly Tensor[], weights: readonly Tensor[], pass: Pass): Tensor {
  const { kernels, training } = pass;
  const { layer } = planned;
  const [x] = inputs as [Tensor];
  switch (layer.className) {
    case 'Conv2D': {
      const [kernel, bias] = weights;
      const isFirst = planned.inputs[0] === INPUT;
      const { strides } = layer.config;
      const window = padForWindow(x as Tensor4D, kernelWindow(layer.config));
      const convolved = kernels.conv2d(window.x, kernel!, { strides, padding: window.padding }, isFirst);
      const pooled = planned.poolFirst ? pool(planned.poolFirst, convolved, kernels) : convolved;
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
