/** `glimpse train`: a run from the first step to the last checkpoint. */
import { availableParallelism, cpus, platform, release } from 'node:os';
import { architectures } from '@glimpse/shared/architectures/registry';
import { type Architecture, networkSize } from '@glimpse/shared/network/architecture';
import { Command, Option } from 'commander';
import type { DataSet } from '../data/data-set.ts';
import { type OpenedData, openData, reopenData } from '../data/open-data.ts';
import type { Engine, EngineName } from '../engines/engine.ts';
import { startEngine } from '../engines/select.ts';
import { saveCheckpoint } from '../fit/checkpoint.ts';
import { type EpochResult, fit } from '../fit/fit.ts';
import { optimizers } from '../fit/optimizers/table.ts';
import { type Settings, settingsSchema } from '../fit/settings.ts';
import { codeRevision } from '../run/revision.ts';
import { RunFolder } from '../run/run-folder.ts';
import { TrainingError } from '../training-error.ts';
import { addDataOptions, dataChoice, dataProgress } from './data-options.ts';
import { describeFindings } from './describe-findings.ts';
import { outputOf, positiveNumber, wholeNumber } from './options.ts';
import type { Output } from './output.ts';

interface TrainOptions extends Partial<Settings> {
  arch: string;
  data: string;
  engine: EngineName | 'auto';
  runs: string;
  resume?: string;
}

export function trainCommand(): Command {
  const defaults = settingsSchema.parse({});
  const training = new Command('train')
    .description('train a network; writes a run folder with a checkpoint after each epoch')
    .addOption(
      new Option('--arch <name>', 'architecture').choices([...architectures.keys()]).default('cifar10-tutorial'),
    )
    .option(
      '--data <name|folder|csv>',
      'a data set, a folder with a folder per class, or a CSV of path and label',
      'cifar10',
    )
    .option('--epochs <n>', `passes over the training set (default: ${defaults.epochs})`, wholeNumber(1, 100_000))
    .option('--batch-size <n>', `pictures a step (default: ${defaults.batchSize})`, wholeNumber(1, 65_536))
    .addOption(new Option('--optimizer <name>', `default: ${defaults.optimizer}`).choices(Object.keys(optimizers)))
    .option('--learning-rate <x>', `default: ${defaults.learningRate}`, positiveNumber)
    .option('--seed <n>', `decides every random choice (default: ${defaults.seed})`, wholeNumber(0, 2 ** 32 - 1))
    .addOption(new Option('--engine <name>', 'what computes').choices(['auto', 'tensorflow', 'wasm']).default('auto'))
    .option('--runs <folder>', 'where run folders are kept', 'runs')
    .option('--resume <run>', 'go on with a run from its last checkpoint, with its own settings')
    .action(async (options: TrainOptions, command: Command) => {
      const output = outputOf(command);
      if (options.resume) refuseSettings(command);
      const runFolder = options.resume ? await RunFolder.open(options.resume) : undefined;
      const engine = await startEngine(await wantedEngine(options, runFolder), (reason) =>
        output.note(`No TensorFlow: ${reason}`),
      );
      output.event('engine', engine, describeEngine(engine));
      const progress = dataProgress(output);
      const opening = runFolder
        ? reopenData(runFolder.config.data, progress)
        : openData(options.data, dataChoice(command, options.data), progress);
      const opened = await opening.finally(progress.stop);
      if (opened.findings) output.note(describeFindings(opened.data, opened.findings));
      await train(runFolder ?? (await newRun(options, opened)), {
        resume: runFolder !== undefined,
        engine,
        data: opened.data,
        output,
      });
    });
  return addDataOptions(training, 'any input');
}

async function newRun(options: TrainOptions, { data, record, input }: OpenedData): Promise<RunFolder> {
  const architecture = architectures.get(options.arch)!;
  checkFit(architecture, data);
  return RunFolder.create(options.runs, {
    command: `glimpse ${process.argv.slice(2).join(' ')}`,
    startedAt: new Date().toISOString(),
    architecture,
    input,
    labels: data.labels,
    data: record,
    settings: settingsSchema.parse(options),
  });
}

function checkFit(architecture: Architecture, data: DataSet): void {
  const { inputShape, name } = architecture;
  const { outputs } = networkSize(architecture);
  if (inputShape.join() === data.shape.join() && outputs === data.labels.length) return;
  throw new TrainingError(
    'data-invalid',
    `${name} eats ${inputShape.join('x')} and tells ${outputs} classes apart; ${data.name} is ${data.shape.join('x')} with ` +
      `${data.labels.length} classes. Take another --arch, or --size and --channels that fit.`,
  );
}

interface TrainContext {
  readonly resume: boolean;
  readonly engine: Engine;
  readonly data: DataSet;
  readonly output: Output;
}

async function train(run: RunFolder, { resume, engine, data, output }: TrainContext): Promise<void> {
  const { architecture, settings, input } = run.config;
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
    { path: run.path, ...run.config.settings, parameters, multiplyAdds, engine, revision },
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
  let bar = output.bar(1);
  let barEpoch = 0;
  try {
    const end = await fit({
      architecture,
      input,
      data,
      settings,
      engine,
      ...(from ? { from } : {}),
      signal: stop.signal,
      on: {
        step({ epoch, step, steps, metrics }) {
          if (epoch !== barEpoch) {
            bar.stop();
            barEpoch = epoch;
            bar = output.bar(steps);
          }
          bar.update(
            step,
            `epoch ${epoch}/${settings.epochs} loss: ${metrics.loss.toFixed(4)} - acc: ${metrics.acc.toFixed(4)}`,
          );
        },
        async epoch(result) {
          bar.stop();
          await run.writeHistory(result.history);
          const { history: _, ...figures } = result;
          await say('epoch', figures, describeEpoch(result, settings.epochs));
        },
        async checkpoint(checkpoint) {
          await saveCheckpoint(run.checkpointsPath, checkpoint);
        },
      },
    });
    const endedAt = new Date().toISOString();
    await run.writeOutcome({ status: end, endedAt });
    if (end === 'stopped') {
      throw new TrainingError('run-stopped', `Stopped. Go on with: glimpse train --resume ${run.path}`);
    }
    await say('finished', { path: run.path, endedAt }, `Finished: ${run.path}`);
  } catch (error) {
    bar.stop();
    if (error instanceof TrainingError && error.code !== 'run-stopped') await recordFailure(run, error);
    throw error;
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

/** The disk may be what failed, so that a second failure must not hide the first. */
async function recordFailure(run: RunFolder, error: TrainingError): Promise<void> {
  try {
    await run.log(error.message);
    await run.writeOutcome({ status: 'failed', endedAt: new Date().toISOString(), reason: error.message });
  } catch {}
}

function describeEngine({ name, device, deviceName, threads, versions }: Engine): string {
  const listed = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return `Engine ${name} on ${device} (${deviceName}), ${threads} thread${threads === 1 ? '' : 's'}; ${listed.join(', ')}`;
}

function describeEpoch({ epoch, steps, seconds, training, validation }: EpochResult, epochs: number): string {
  const perStep = Math.round((seconds * 1000) / steps);
  const figures = { loss: training.loss, acc: training.acc, val_loss: validation.loss, val_acc: validation.acc };
  const listed = Object.entries(figures).map(([name, value]) => `${name}: ${value.toFixed(4)}`);
  return `Epoch ${epoch}/${epochs} - ${steps}/${steps} - ${Math.round(seconds)}s ${perStep}ms/step - ${listed.join(' - ')}`;
}

/** A resumed run keeps its engine: another one rounds differently, and the run would no longer be what its record says. */
async function wantedEngine(options: TrainOptions, run: RunFolder | undefined): Promise<EngineName | 'auto'> {
  if (!run) return options.engine;
  const { name } = (await run.environment()).engine;
  if (name === 'keras') {
    throw new TrainingError('run-invalid', `${run.path} was imported: there is no training here that could go on.`);
  }
  return name;
}

/** A resumed run has its settings already. */
function refuseSettings(command: Command): void {
  const given = command.options
    .filter(
      (option) => command.getOptionValueSource(option.attributeName()) === 'cli' && option.attributeName() !== 'resume',
    )
    .map(({ long }) => long);
  if (given.length > 0)
    command.error(`error: --resume takes the run's own settings; leave out ${given.join(', ')}`, { exitCode: 2 });
}
