/** Epochs of training with a validation after each: Keras' `fit`, with checkpoints. */

import type { InputContract } from '@glimpse/shared/image/input-contract';
import { type Architecture, networkSize } from '@glimpse/shared/model/network/architecture';
import type { Weights } from '@glimpse/shared/model/network/model-file';
import type { DataSet } from '../data/data-set.ts';
import type { Engine } from '../engines/engine.ts';
import { assertEngine, kernelsOf } from '../engines/select.ts';
import { TrainingError } from '../training-error.ts';
import { BatchLoader } from './batch-loader.ts';
import { batchSizes, epochOrder, stepsPerEpoch } from './batches.ts';
import type { Checkpoint } from './checkpoint.ts';
import { classWeightsOf } from './class-weights.ts';
import { emptyHistory, extendHistory, type History } from './history.ts';
import { initialWeights } from './initialize.ts';
import { addBatch, type Metrics, means, noSums } from './metrics.ts';
import { shouldStop } from './progress.ts';
import { scheduleFactor } from './schedules/schedule.ts';
import type { Settings } from './settings.ts';
import { type BatchMetrics, notFinite, Trainer, VALIDATION_BATCH_SIZE } from './trainer.ts';

export interface FitOptions {
  readonly architecture: Architecture;
  readonly input: InputContract;
  readonly data: DataSet;
  readonly settings: Settings;
  readonly engine: Engine;
  /** The checkpoint to continue from. Default: a new run. */
  readonly from?: Checkpoint;
  /** Runs one operation at a time, for debugging. */
  readonly eager?: boolean;
  /** Stops the run after the current step. */
  readonly signal?: AbortSignal;
  readonly on: FitEvents;
}

export interface FitEvents {
  step(progress: { epoch: number; step: number; steps: number; metrics: Metrics }): void;
  epoch(result: EpochResult): Promise<void> | void;
  /** Called before the first epoch, after each, and when the run is asked to stop. */
  checkpoint(checkpoint: Checkpoint): Promise<void>;
}

export interface EpochResult {
  /** From 1. */
  readonly epoch: number;
  readonly steps: number;
  readonly seconds: number;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  readonly training: Metrics;
  readonly validation: Metrics;
  readonly history: History;
}

/** `early`: stopped by the early stopping rule. */
export type FitEnd = 'finished' | 'early' | 'stopped';

/**
 * @returns how training ended
 * @throws {TrainingError} `run-invalid` before the first step; `loss-not-finite`, `run-unwritable`, `engine-unavailable`,
 * `engine-failed` later, with a valid last checkpoint
 */
export async function fit(options: FitOptions): Promise<FitEnd> {
  const { architecture, input, data, settings, engine, from, signal, on } = options;
  checkFit(architecture, data, settings);
  const weights = from?.weights ?? initialWeights(architecture, settings.seed);
  const classWeights = classWeightsOf(settings.classWeights, data.train.classes, data.labels.length);
  const trainer = new Trainer({
    architecture,
    input,
    settings,
    kernels: kernelsOf(engine),
    weights,
    ...(from ? { slots: from.slots } : {}),
    ...(classWeights ? { classWeights } : {}),
    ...(options.eager ? { eager: true } : {}),
  });
  const { batchSize, seed, epochs } = settings;
  const steps = stepsPerEpoch(data.train.count, batchSize);
  let { epoch, step: firstStep, sums } = from?.position ?? { epoch: 0, step: 0, sums: noSums };
  let history = from?.history ?? emptyHistory;
  const save = (step: number) => {
    const weights = trainer.weights();
    assertFinite(weights);
    return on.checkpoint({ position: { epoch, step, sums }, history, weights, slots: trainer.slots() });
  };
  const loader = new BatchLoader(data.train);
  try {
    if (!from) await save(0);
    guarded('before the first step', () =>
      trainer.prepare({
        train: batchSizes(data.train.count, batchSize),
        validate: batchSizes(data.validation.count, VALIDATION_BATCH_SIZE),
      }),
    );
    while (epoch < epochs && !shouldStop(history, settings.earlyStopping)) {
      const started = performance.now();
      const order = epochOrder(seed, epoch, data.train.count);
      const take = (step: number) => loader.take(order.subarray(step * batchSize, (step + 1) * batchSize));
      const factor = (step: number) =>
        scheduleFactor(settings.schedule, { step: epoch * steps + step, stepsPerEpoch: steps, epochs });
      let next = take(firstStep);
      for (let step = firstStep; step < steps; step++) {
        if (signal?.aborted) {
          await save(step);
          return 'stopped';
        }
        assertEngine(engine);
        const batch = await next;
        next = take(step + 1);
        const where = `in step ${step + 1} of epoch ${epoch + 1}`;
        sums = addBatch(
          sums,
          guarded<BatchMetrics>(where, () => trainer.step(batch, epoch * steps + step, factor(step))),
        );
        on.step({ epoch: epoch + 1, step: step + 1, steps, metrics: means(sums) });
        // Lets signals and timers run: a step never yields to the event loop.
        await new Promise(setImmediate);
      }
      const validation = guarded('in the validation', () => trainer.evaluate(data.validation));
      const training = means(sums);
      history = extendHistory(history, training, validation);
      const learningRate = settings.optimizer.learningRate * factor(steps - 1);
      epoch++;
      firstStep = 0;
      sums = noSums;
      await save(0);
      const seconds = (performance.now() - started) / 1000;
      await on.epoch({ epoch, steps, seconds, learningRate, training, validation, history });
    }
    return epoch < epochs ? 'early' : 'finished';
  } finally {
    await loader.close();
    trainer.dispose();
  }
}

/** @throws {TrainingError} `run-invalid` if the network, the data and the settings do not fit together */
export function checkFit(architecture: Architecture, data: DataSet, { augmentation, batchSize, loss }: Settings): void {
  if (batchSize > data.train.count) {
    throw new TrainingError(
      'run-invalid',
      `The batch size ${batchSize} is larger than the training set (${data.train.count} images). Use --batch-size ${data.train.count} or less.`,
    );
  }
  if (String(architecture.inputShape) !== String(data.shape)) {
    throw new TrainingError(
      'run-invalid',
      `"${architecture.name}" expects input of shape [${architecture.inputShape}], but the images of ${data.name} have shape [${data.shape}].`,
    );
  }
  const { translate } = augmentation;
  if (translate > Math.min(data.shape[0], data.shape[1])) {
    throw new TrainingError(
      'run-invalid',
      `Images of ${data.shape.join('x')} cannot be shifted by ${translate} pixels. Use a smaller --translate.`,
    );
  }
  const { outputs } = networkSize(architecture);
  const classes = data.labels.length;
  if (outputs !== classes && !(outputs === 1 && classes === 2 && loss !== 'categoricalCrossentropy')) {
    throw new TrainingError(
      'run-invalid',
      `"${architecture.name}" has ${outputs} outputs, but ${data.name} has ${classes} classes.`,
    );
  }
}

/** Adds to an engine's error when it happened and what to do. */
function guarded<T>(where: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof TrainingError) throw cause;
    const { message } = cause as Error;
    const memory = /out of memory|OOM|exhausted|allocat|RangeError: Array buffer/i.test(message);
    throw new TrainingError(
      'engine-failed',
      `The engine failed ${where}: ${message}\nThe last checkpoint is valid. ${
        memory
          ? 'The device ran out of memory: free some, or start again with a smaller --batch-size.'
          : 'Check the device (glimpse doctor), then continue with --resume.'
      }`,
      { cause },
    );
  }
}

/** A checkpoint must never hold invalid weights. */
function assertFinite(weights: Weights): void {
  for (const [name, { values }] of weights) {
    if (!values.every(Number.isFinite)) {
      throw notFinite(`The weight "${name}" is no longer finite`);
    }
  }
}
