/** Epochs of training with a validation after each: Keras' `fit`, with checkpoints. */
import type { Architecture } from '@glimpse/shared/network/architecture';
import type { Weights } from '@glimpse/shared/network/model-file';
import type { InputContract } from '@glimpse/shared/picture/input-contract';
import type { DataSet } from '../data/data-set.ts';
import type { Engine } from '../engines/engine.ts';
import { assertEngine } from '../engines/select.ts';
import { TrainingError } from '../training-error.ts';
import { epochOrder, stepsPerEpoch, takeBatch } from './batches.ts';
import type { Checkpoint } from './checkpoint.ts';
import { emptyHistory, extendHistory, type History } from './history.ts';
import { initialWeights } from './initialize.ts';
import { addBatch, type Metrics, means, noSums } from './metrics.ts';
import type { Settings } from './settings.ts';
import { Trainer } from './trainer.ts';

export interface FitOptions {
  readonly architecture: Architecture;
  readonly input: InputContract;
  readonly data: DataSet;
  readonly settings: Settings;
  readonly engine: Engine;
  /** Where to go on; from the beginning where it is left out. */
  readonly from?: Checkpoint;
  /** Asks the run to stop after the step that it is in. */
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
  readonly training: Metrics;
  readonly validation: Metrics;
  readonly history: History;
}

/**
 * @returns whether all epochs were trained (`finished`) or the signal came first (`stopped`)
 * @throws {TrainingError} `loss-not-finite`, `run-unwritable`, `engine-unavailable`; the last checkpoint is then good
 */
export async function fit(options: FitOptions): Promise<'finished' | 'stopped'> {
  const { architecture, input, data, settings, engine, from, signal, on } = options;
  const weights = from?.weights ?? initialWeights(architecture, settings.seed);
  const trainer = new Trainer(architecture, input, settings, weights, from?.slots);
  const steps = stepsPerEpoch(data.train.count, settings.batchSize);
  let { epoch, step: firstStep, sums } = from?.position ?? { epoch: 0, step: 0, sums: noSums };
  let history = from?.history ?? emptyHistory;
  const save = (step: number) => {
    const weights = trainer.weights();
    assertFinite(weights);
    return on.checkpoint({ position: { epoch, step, sums }, history, weights, slots: trainer.slots() });
  };
  try {
    if (!from) await save(0);
    while (epoch < settings.epochs) {
      const started = performance.now();
      const order = epochOrder(settings.seed, epoch, data.train.count);
      for (let step = firstStep; step < steps; step++) {
        if (signal?.aborted) {
          await save(step);
          return 'stopped';
        }
        assertEngine(engine);
        const batch = takeBatch(data.train, step * settings.batchSize, settings.batchSize, order);
        sums = addBatch(sums, trainer.step(batch, { seed: settings.seed, step: epoch * steps + step }));
        on.step({ epoch: epoch + 1, step: step + 1, steps, metrics: means(sums) });
        // Lets signals and timers in: a step computes without ever waiting.
        await new Promise(setImmediate);
      }
      const validation = trainer.evaluate(data.validation);
      const training = means(sums);
      history = extendHistory(history, training, validation);
      epoch++;
      firstStep = 0;
      sums = noSums;
      await save(0);
      await on.epoch({ epoch, steps, seconds: (performance.now() - started) / 1000, training, validation, history });
    }
    return 'finished';
  } finally {
    trainer.dispose();
  }
}

/** A bad state must never become the last one that was saved. */
function assertFinite(weights: Weights): void {
  for (const [name, { values }] of weights) {
    if (!values.every(Number.isFinite)) {
      throw new TrainingError('loss-not-finite', `The weight "${name}" is no longer a finite number.`);
    }
  }
}
