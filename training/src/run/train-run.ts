/** Trains a run: locks its folder, writes checkpoints, curves and the log, reports progress, and records the outcome. */
import { join } from 'node:path';
import { networkSize } from '@glimpse/shared/model/network/architecture';
import { networkWarnings } from '@glimpse/shared/model/network/network-warnings';
import type { DataSet } from '../data/data-set.ts';
import type { Engine } from '../engines/engine.ts';
import { pruneCheckpoints, saveCheckpoint } from '../fit/checkpoint.ts';
import { type EpochResult, type FitEnd, type FitEvents, fit } from '../fit/fit.ts';
import type { History } from '../fit/history.ts';
import type { Metrics } from '../fit/metrics.ts';
import { bestEpoch } from '../fit/progress.ts';
import { writePlots } from '../report/plots.ts';
import { TensorBoardLog } from '../report/tensorboard.ts';
import { TrainingError } from '../training-error.ts';
import { lockRun } from './lock.ts';
import type { Environment, RunFolder } from './run-folder.ts';

export interface TrainReporter {
  note(text: string): void;
  /** `text` is for humans, `event` for programs. */
  event(name: string, event: object, text: string): void;
  readonly step: FitEvents['step'];
  /** Called after the last step of an epoch, and on failure. */
  stepsEnd(): void;
}

export interface TrainContext {
  readonly resume: boolean;
  readonly eager: boolean;
  /** Also writes the curves for TensorBoard. */
  readonly tensorboard: boolean;
  readonly engine: Engine;
  readonly environment: Environment;
  readonly data: DataSet;
  /** Stops the run after the current step. */
  readonly signal: AbortSignal;
  readonly reporter: TrainReporter;
}

export async function trainRun(run: RunFolder, context: TrainContext): Promise<void> {
  const unlock = await lockRun(run.path);
  try {
    await trainLocked(run, context);
  } finally {
    await unlock();
  }
}

async function trainLocked(run: RunFolder, context: TrainContext): Promise<void> {
  const { resume, eager, environment, engine, data, signal, reporter } = context;
  const { architecture, settings, input } = run.config;
  const from = await run.lastCheckpoint();
  // Versions may have changed since the run was started.
  if (resume) await run.writeEnvironment(environment);
  const say = async (name: string, event: object, text: string) => {
    reporter.event(name, event, text);
    await run.log(`${new Date().toISOString()} ${text}`);
  };
  const { parameters, multiplyAdds } = networkSize(architecture);
  const { revision } = environment;
  await say(
    'run',
    { path: run.path, ...settings, parameters, multiplyAdds, engine, revision },
    `${resume ? 'Resuming' : 'Training'} ${architecture.name} (${parameters.toLocaleString('en')} parameters) on ${data.name}, ` +
      `seed ${settings.seed} → ${run.path}`,
  );
  await run.log(describeEngine(engine));
  for (const { message } of networkWarnings(architecture)) reporter.note(`Warning: ${message}`);

  const logs = context.tensorboard ? await openTensorBoard(run) : undefined;
  let { history } = from;
  const on: FitEvents = {
    step: reporter.step,
    async epoch(result) {
      reporter.stepsEnd();
      history = result.history;
      await run.writeHistory(history);
      await logs?.write(result);
      const { history: _, ...figures } = result;
      await say('epoch', figures, describeEpoch(result, settings.epochs));
    },
    async checkpoint(checkpoint) {
      await saveCheckpoint(run.checkpointsPath, checkpoint);
      await pruneCheckpoints(
        run.checkpointsPath,
        settings.keepBest && bestEpoch(checkpoint.history, settings.keepBest),
      );
    },
  };
  try {
    const end = await fit({ architecture, input, data, settings, engine, eager, from, signal, on });
    if (history.loss.length > 0) await writePlots(run, history);
    await recordEnd(run, end, history, say);
  } catch (error) {
    reporter.stepsEnd();
    if (error instanceof TrainingError && error.code !== 'run-stopped') await recordFailure(run, error);
    throw error;
  } finally {
    await logs?.close();
  }
}

async function recordEnd(
  run: RunFolder,
  end: FitEnd,
  history: History,
  say: (name: string, event: object, text: string) => Promise<void>,
): Promise<void> {
  const endedAt = new Date().toISOString();
  await run.writeOutcome({ status: end, endedAt });
  if (end === 'stopped') {
    throw new TrainingError('run-stopped', `Stopped. Continue with: glimpse train --resume ${run.path}`);
  }
  const { keepBest } = run.config.settings;
  const best = keepBest && bestEpoch(history, keepBest);
  const epoch = best ?? history.loss.length;
  const why = end === 'early' ? ' early, because validation stopped improving' : '';
  const which = best ? `; best epoch: ${best}` : '';
  await say('finished', { path: run.path, endedAt, epoch }, `Finished${why}${which}: ${run.path}`);
}

/** Ignores its own errors: if the disk is the problem, the original error must not be hidden. */
async function recordFailure(run: RunFolder, error: TrainingError): Promise<void> {
  try {
    await run.log(error.message);
    await run.writeOutcome({ status: 'failed', endedAt: new Date().toISOString(), reason: error.message });
  } catch {}
}

/** TensorBoard draws the curves of both folders in one chart. */
async function openTensorBoard(run: RunFolder) {
  const [train, validation] = await Promise.all(
    ['train', 'validation'].map((part) => TensorBoardLog.open(join(run.path, 'tensorboard', part))),
  );
  const scalars = ({ loss, acc }: Metrics) => ({ epoch_loss: loss, epoch_accuracy: acc });
  return {
    async write(result: EpochResult) {
      await train!.scalars(result.epoch, { ...scalars(result.training), epoch_learning_rate: result.learningRate });
      await validation!.scalars(result.epoch, scalars(result.validation));
    },
    close: () => Promise.all([train!.close(), validation!.close()]),
  };
}

export function describeEngine({ name, device, deviceName, threads, versions }: Engine): string {
  const listed = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return `Engine ${name} on ${device} (${deviceName}), ${threads} thread${threads === 1 ? '' : 's'}; ${listed.join(', ')}`;
}

function describeEpoch({ epoch, steps, seconds, training, validation }: EpochResult, epochs: number): string {
  const perStep = Math.round((seconds * 1000) / steps);
  const figures = { loss: training.loss, acc: training.acc, val_loss: validation.loss, val_acc: validation.acc };
  const listed = Object.entries(figures).map(([name, value]) => `${name}: ${value.toFixed(4)}`);
  return `Epoch ${epoch}/${epochs} - ${steps}/${steps} - ${Math.round(seconds)}s ${perStep}ms/step - ${listed.join(' - ')}`;
}
