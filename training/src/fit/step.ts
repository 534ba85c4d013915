/**
 * One step of training and one of validation, as functions of tensors. They neither read tensor values nor draw random
 * numbers of their own, so that an engine can record them.
 */

import type { InputContract } from '@glimpse/shared/image/input-contract';
import { type Architecture, elements, inferShapes, weightName } from '@glimpse/shared/model/network/architecture';
import {
  add,
  addN,
  argMax,
  cast,
  div,
  equal,
  greater,
  keep,
  mean,
  mul,
  oneHot,
  reshape,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  tensor1d,
  valueAndGrads,
} from '@tensorflow/tfjs-core';
import '../engines/gradients.ts';
import type { TensorFunction, Tensors } from '../engines/recorder.ts';
import type { BatchStatistics, TrainingKernels } from '../engines/training-kernels.ts';
import type { Variable } from '../engines/variable.ts';
import { cutout, translateAndFlip } from './augment.ts';
import { clip } from './clip.ts';
import { compileForward } from './forward.ts';
import { losses } from './losses/table.ts';
import type { StepNumbers } from './optimizers/optimizer.ts';
import { addPenaltyGradient, penaltiesOf, penaltyOf } from './regularize.ts';
import type { Settings } from './settings.ts';
import { type TrainedState, update } from './update.ts';

export interface StepContext {
  readonly architecture: Architecture;
  readonly input: InputContract;
  readonly settings: Settings;
  readonly kernels: TrainingKernels;
}

/** The input tensors of a step. Scalars unless noted. */
export interface StepInputs extends StepNumbers {
  /** [n, ...input], as uploaded. Bytes are normalized by the step; floats are used as they are. */
  readonly images: Tensor;
  /** int32 [n], class indices. */
  readonly classes: Tensor;
  /** [n]: the weight of each example in the loss. */
  readonly weights: Tensor;
  /** int32 [2]: the run's seed and the step, which determine all random numbers of the step. */
  readonly key: Tensor;
}

/** Scalars. */
export interface StepOutputs {
  readonly loss: Tensor;
  /** Correctly classified examples. */
  readonly correct: Tensor;
}

export interface Gradients extends StepOutputs {
  /** Of the trainable weights, by name. */
  readonly gradients: ReadonlyMap<string, Tensor>;
  /** New values of the moving statistics, by weight name. */
  readonly moved: ReadonlyMap<string, Tensor>;
}

/** Builds the training step and the validation step. */
export class StepFunctions {
  readonly #context: StepContext;
  readonly #forward: ReturnType<typeof compileForward>;
  readonly #penalties: ReturnType<typeof penaltiesOf>;
  readonly #trainable: readonly string[];
  /** Momentum of the moving statistics, by the name of the batch normalization. */
  readonly #momenta: ReadonlyMap<string, number>;
  readonly #units: number;

  constructor(context: StepContext) {
    const { architecture, settings } = context;
    const shaped = inferShapes(architecture);
    this.#context = context;
    this.#forward = compileForward(architecture, settings.loss);
    this.#penalties = penaltiesOf(architecture);
    this.#trainable = shaped.flatMap(({ layer, weights }) =>
      weights.filter(({ trainable }) => trainable).map((spec) => weightName(layer, spec)),
    );
    this.#momenta = new Map(
      architecture.layers.flatMap((layer) =>
        layer.className === 'BatchNormalization' ? [[layer.config.name, layer.config.momentum]] : [],
      ),
    );
    this.#units = elements(shaped.at(-1)!.outputShape);
  }

  /** Names of the trainable weights. */
  get trainable(): readonly string[] {
    return this.#trainable;
  }

  /**
   * Forward, loss and backward.
   *
   * @param weights all of the architecture's, by name
   */
  gradients(weights: ReadonlyMap<string, Tensor>, inputs: Omit<StepInputs, keyof StepNumbers>): Gradients {
    const { kernels, settings } = this.#context;
    const names = this.#trainable;
    const classes = inputs.classes as Tensor1D;
    const count = classes.shape[0]!;
    const images = this.#prepare(inputs.images, inputs.key);
    const statistics = new Map<string, BatchStatistics>();
    let outputs: Tensor | undefined;
    const { value, grads } = valueAndGrads((...held: Tensor[]) => {
      const all = new Map([...weights, ...names.map((name, index) => [name, held[index]!] as const)]);
      outputs = keep(this.#forward({ kernels, weights: all, training: { key: inputs.key, statistics } }, images));
      const each = losses[settings.loss].compute(kernels, outputs, this.#targets(classes, settings.labelSmoothing));
      return div(sum(mul(each, inputs.weights)), count) as Scalar;
    })(names.map((name) => weights.get(name)!));
    const correct = this.#correct(outputs!, classes);
    outputs!.dispose();
    const penalties: Tensor[] = [];
    const gradients = new Map(
      names.map((name, index) => {
        const penalty = this.#penalties.get(name);
        if (!penalty) return [name, grads[index]!];
        const weight = weights.get(name)!;
        penalties.push(penaltyOf(weight, penalty));
        return [name, addPenaltyGradient(grads[index]!, weight, penalty)];
      }),
    );
    const loss = penalties.length === 0 ? value : addN([value, ...penalties]);
    return { loss, correct, gradients, moved: this.#move(weights, statistics) };
  }

  /** One step of training. */
  train(state: TrainedState): TensorFunction {
    const { settings, kernels } = this.#context;
    return (fed) => {
      const inputs = fed as unknown as StepInputs;
      const { loss, correct, gradients, moved } = this.gradients(read(state.weights), inputs);
      for (const [name, value] of moved) state.weights.get(name)!.assign(value);
      update(state, clip(gradients, settings.clipping), inputs, settings.optimizer, kernels);
      return { loss, correct };
    };
  }

  /** Loss and correct answers of a batch, without dropout and with moving statistics. The loss has no penalties or smoothing. */
  validate(weights: ReadonlyMap<string, Variable>): TensorFunction {
    const { kernels, settings } = this.#context;
    return ({ images, classes }: Tensors) => {
      const outputs = this.#forward({ kernels, weights: read(weights) }, this.#prepare(images!));
      const each = losses[settings.loss].compute(kernels, outputs, this.#targets(classes as Tensor1D, 0));
      return { loss: mean(each), correct: this.#correct(outputs, classes as Tensor1D) };
    };
  }

  /** Exponential averages as in Keras: of the batch's biased variance. */
  #move(weights: ReadonlyMap<string, Tensor>, statistics: ReadonlyMap<string, BatchStatistics>): Map<string, Tensor> {
    const moved = new Map<string, Tensor>();
    for (const [layer, { mean, variance }] of statistics) {
      const momentum = this.#momenta.get(layer)!;
      for (const [name, batch] of Object.entries({ moving_mean: mean, moving_variance: variance })) {
        const moving = weights.get(`${layer}/${name}`)!;
        moved.set(`${layer}/${name}`, add(mul(moving, momentum), mul(batch, 1 - momentum)));
        batch.dispose();
      }
    }
    return moved;
  }

  /** Bytes → normalized floats, augmented if there is a key. */
  #prepare(uploaded: Tensor, key?: Tensor): Tensor {
    const { kernels, input, settings } = this.#context;
    // Only bytes are images. Floats are already the network's input.
    if (uploaded.dtype === 'float32') return uploaded;
    const { augmentation } = settings;
    const values = kernels.toFloat(uploaded);
    const moved = key ? translateAndFlip(values, augmentation, key, kernels) : values;
    const deviation = tensor1d(input.standardDeviation.map((deviation) => 1 / deviation));
    const normalized = mul(sub(mul(moved, 1 / 255), tensor1d([...input.mean])), deviation);
    return key ? cutout(normalized, augmentation, key, kernels) : normalized;
  }

  /** [n, units]: 0 or 1 for one unit, one-hot for more. */
  #targets(classes: Tensor1D, smoothing: number): Tensor {
    const units = this.#units;
    const hot = units === 1 ? reshape(cast(classes, 'float32'), [-1, 1]) : cast(oneHot(classes, units), 'float32');
    if (smoothing === 0) return hot;
    return add(mul(hot, 1 - smoothing), smoothing / Math.max(2, units));
  }

  #correct(outputs: Tensor, classes: Tensor1D): Tensor {
    // With one unit, a logit above 0 is a probability above 0.5; outputs without an activation are cut at 0.5.
    const middle = losses[this.#context.settings.loss].activation ? 0 : 0.5;
    const found = this.#units === 1 ? cast(greater(reshape(outputs, [-1]), middle), 'int32') : argMax(outputs, 1);
    return sum(cast(equal(found, classes), 'float32'));
  }
}

function read(variables: ReadonlyMap<string, Variable>): Map<string, Tensor> {
  return new Map([...variables].map(([name, variable]) => [name, variable.read()]));
}
