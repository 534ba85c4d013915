/** Trains a run: shows how it goes, writes what it makes, and records how it ended. */
import { availableParallelism, cpus, platform, release } from 'node:os';
import { networkSize } from '@glimpse/shared/network/architecture';
import { type DataSet, fingerprint } from '../data/data-set.ts';
import type { Engine } from '../engines/engine.ts';
import { pruneCheckpoints, saveCheckpoint } from '../fit/checkpoint.ts';
import { type EpochResult, type FitEnd, type FitEvents, fit } from '../fit/fit.ts';
import { bestEpoch } from '../fit/progress.ts';
import { lockRun } from '../run/lock.ts';
import { codeRevision } from '../run/revision.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { TrainingError } from '../training-error.ts';
import type { Bar, Output } from './output.ts';

export interface TrainContext {
  readonly resume: boolean;
  readonly eager: boolean;
  readonly engine: Engine;
  readonly data: DataSet;
  readonly output: Output;
}

export async function trainRun(run: RunFolder, context: TrainContext): Promise<void> {
  const unlock = await lockRun(run.path);
  try {
    await trainLocked(run, context);
  } finally {
    await unlock();
  }
}

async function trainLocked(run: RunFolder, { resume, eager, engine, data, output }: TrainContext): Promise<void> {
  const { architecture, settings, input } = run.config;
  if (resume) assertSameData(run, data);
  const from = resume ? await run.lastCheckpoint() : undefined;
  const revision = await codeRevision();
  await run.writeEnvironment({
    engine,
    platform: `${platform()} ${release()}, ${availableParallelism()} x ${cpus()[0]?.model}`,
    revision,
  });
  const say = async (name: string, event: object, text: string) => {
    output.event(name, event, text);
    await run.log(`${new Date().toISOString()} ${text}`);
  };
  const { parameters, multiplyAdds } = networkSize(architecture);
  await say(
    'run',
    { path: run.path, ...settings, parameters, multiplyAdds, engine, revision },
    `${from ? 'Resuming' : 'Training'} ${architecture.name} (${parameters.toLocaleString('en')} parameters) on ${data.name}, ` +
      `seed ${settings.seed} → ${run.path}`,
  );
  await run.log(describeEngine(engine));

  const stop = new AbortController();
  const onInterrupt = () => {
    output.note('Stopping after this step …');
    stop.abort();
  };
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const bars = epochBars(output, settings.epochs);
  const on: FitEvents = {
    step: bars.step,
    async epoch(result) {
      bars.stop();
      await run.writeHistory(result.history);
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
    const resumed = from ? { from } : {};
    const end = await fit({ architecture, input, data, settings, engine, eager, ...resumed, signal: stop.signal, on });
    await recordEnd(run, end, say);
  } catch (error) {
    bars.stop();
    if (error instanceof TrainingError && error.code !== 'run-stopped') await recordFailure(run, error);
    throw error;
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

async function recordEnd(
  run: RunFolder,
  end: FitEnd,
  say: (name: string, event: object, text: string) => Promise<void>,
): Promise<void> {
  const endedAt = new Date().toISOString();
  await run.writeOutcome({ status: end, endedAt });
  if (end === 'stopped') {
    throw new TrainingError('run-stopped', `Stopped. Go on with: glimpse train --resume ${run.path}`);
  }
  const { position } = await run.resultCheckpoint();
  const why = end === 'early' ? ' early, since the validation no longer improved' : '';
  const which = run.config.settings.keepBest ? `; epoch ${position.epoch} was best` : '';
  await say('finished', { path: run.path, endedAt, epoch: position.epoch }, `Finished${why}${which}: ${run.path}`);
}

/** The disk may be what failed, so that a second failure must not hide the first. */
async function recordFailure(run: RunFolder, error: TrainingError): Promise<void> {
  try {
    await run.log(error.message);
    await run.writeOutcome({ status: 'failed', endedAt: new Date().toISOString(), reason: error.message });
  } catch {}
}

function assertSameData(run: RunFolder, data: DataSet): void {
  const { config } = run;
  if (fingerprint(data) === config.data.fingerprint) return;
  const counts = ({ train, test }: { train: number; test: number }) => `${train} + ${test} pictures`;
  throw new TrainingError(
    'run-invalid',
    `The run was trained on other data than ${data.name} is now (${counts(config.data)} then, ` +
      `${counts({ train: data.train.count, test: data.test.count })} now): it cannot go on.`,
  );
}

/** One bar an epoch. */
function epochBars(output: Output, epochs: number): { step: FitEvents['step']; stop(): void } {
  let bar: Bar | undefined;
  let current = 0;
  return {
    step({ epoch, step, steps, metrics }) {
      if (epoch !== current || !bar) {
        bar?.stop();
        bar = output.bar(steps);
        current = epoch;
      }
      const { loss, acc } = metrics;
      bar.update(step, `epoch ${epoch}/${epochs} loss: ${loss.toFixed(4)} - acc: ${acc.toFixed(4)}`);
    },
    stop() {
      bar?.stop();
      bar = undefined;
    },
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
