/** The forward pass as training sees it: it ends before the loss' activation, and knows dropout and batch statistics. */
import type { Architecture } from '@glimpse/shared/network/architecture';
import { place, weightName } from '@glimpse/shared/network/architecture';
import type { Activation } from '@glimpse/shared/network/layer';
import { kindOf, type Layer } from '@glimpse/shared/network/layers/table';
import { cast, greaterEqual, mul, sigmoid, softmax, type Tensor } from '@tensorflow/tfjs-core';
import type { TrainingKernels } from '../engines/training-kernels.ts';
import { TrainingError } from '../training-error.ts';
import { type LossName, losses } from './losses/table.ts';

/** What a training pass needs and leaves behind; at inference there is none. */
export interface TrainingPass {
  /** int32 [2], seed and step: decides the dropout masks. */
  readonly key: Tensor;
}

export interface Pass {
  readonly kernels: TrainingKernels;
  /** All of the architecture's, by their names. */
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly training?: TrainingPass;
}

/** [n, ...input] → [n, units], before the activation that the loss takes over. */
export type Forward = (pass: Pass, x: Tensor) => Tensor;

interface Step {
  readonly layer: Layer;
  readonly weights: readonly string[];
  /** A max pooling that is done before this layer's bias and activation: on a quarter of the numbers. */
  readonly poolFirst?: Extract<Layer, { className: 'MaxPooling2D' }>;
  readonly isFirst: boolean;
}

/** @throws {TrainingError} `run-invalid` for a network whose end does not fit the loss */
export function compileForward(architecture: Architecture, loss: LossName): Forward {
  const steps = planSteps({ ...architecture, layers: withoutLastActivation(architecture, loss) });
  return (pass, input) => {
    let x = input;
    for (const step of steps) {
      const weights = step.weights.map((name) => pass.weights.get(name)!);
      x = applyLayer(step, x, weights, pass);
    }
    return x;
  };
}

function withoutLastActivation(architecture: Architecture, loss: LossName): readonly Layer[] {
  const { activation } = losses[loss];
  const last = architecture.layers.at(-1)!;
  const is = 'activation' in last.config ? last.config.activation : 'linear';
  if (activation === undefined) return architecture.layers;
  if (is !== activation || !('activation' in last.config)) {
    throw new TrainingError(
      'run-invalid',
      `"${architecture.name}" ends in ${last.className} "${last.config.name}" with the activation ${is}; the loss ${loss} wants ${activation} there.`,
    );
  }
  const before = { ...last, config: { ...last.config, activation: 'linear' } } as Layer;
  return [...architecture.layers.slice(0, -1), before];
}

function planSteps(architecture: Architecture): Step[] {
  const steps: Step[] = [];
  for (const { layer, weights } of place(architecture)) {
    const before = steps.at(-1);
    // A maximum and an addition, or a maximum and a rising function, may change places without changing a bit.
    if (layer.className === 'MaxPooling2D' && before?.layer.className === 'Conv2D' && isRising(before.layer)) {
      steps[steps.length - 1] = { ...before, poolFirst: layer };
    } else {
      const names = weights.map((spec) => weightName(layer, spec));
      steps.push({ layer, weights: names, isFirst: steps.length === 0 });
    }
  }
  return steps;
}

function isRising(layer: Extract<Layer, { className: 'Conv2D' }>): boolean {
  return layer.config.activation === 'linear' || layer.config.activation === 'relu';
}

function applyLayer(step: Step, x: Tensor, weights: readonly Tensor[], pass: Pass): Tensor {
  const { kernels, training } = pass;
  const { layer } = step;
  switch (layer.className) {
    case 'Conv2D': {
      const [kernel, bias] = weights;
      const convolved = kernels.conv2d(x, kernel!, layer.config, step.isFirst);
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
    default:
      return kindOf(layer).apply(layer.config, x, weights);
  }
}

function pool(layer: Extract<Layer, { className: 'MaxPooling2D' }>, x: Tensor, kernels: TrainingKernels): Tensor {
  const { poolSize, strides, padding } = layer.config;
  return kernels.maxPool(x, poolSize, { strides: strides ?? poolSize, padding });
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

/** 0 with probability `rate`, else 1 / (1 - rate) times: the expected sum stays what it is without dropout. */
function dropOut(
  x: Tensor,
  { name, rate }: { name: string; rate: number },
  key: Tensor,
  kernels: TrainingKernels,
): Tensor {
  const stays = greaterEqual(kernels.uniform(x.shape, key, `dropout/${name}`), rate);
  return mul(mul(x, cast(stays, 'float32')), 1 / (1 - rate));
}
