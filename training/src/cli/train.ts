/** `glimpse train`: creates a run, or opens one, and trains it. */
import { architectures } from '@glimpse/shared/model/architectures/registry';
import type { Architecture } from '@glimpse/shared/model/network/architecture';
import { Command, Option } from 'commander';
import { knownDataSets, openData, reopenData } from '../data/open-data.ts';
import type { EngineName } from '../engines/engine.ts';
import { startEngine } from '../engines/select.ts';
import { loadRecipe } from '../recipe/recipe.ts';
import { describeEnvironment } from '../run/environment.ts';
import { createRun, DEFAULT_ARCHITECTURE, DEFAULT_ARCHITECTURE_OF_IMAGE_FOLDER } from '../run/new-run.ts';
import { RunFolder } from '../run/run-folder.ts';
import { loadModel, openRunOrRelease, type SavedModel } from '../run/saved-model.ts';
import { describeEngine, type TrainContext, type TrainReporter, trainRun } from '../run/train-run.ts';
import { addDataOptions, dataChoice } from './data-options.ts';
import { describeDatasetReport } from './describe-dataset-report.ts';
import { dataProgress } from './open-data.ts';
import { outputOf } from './options.ts';
import type { Bar, Output } from './output.ts';
import { addSettingOptions, settingsGiven } from './setting-options.ts';

interface TrainOptions {
  readonly arch?: string;
  readonly config?: string;
  readonly data: string;
  readonly engine: EngineName | 'auto';
  readonly runs: string;
  readonly resume?: string;
  readonly initFrom?: string;
  readonly size?: number;
  readonly channels?: string;
  readonly fit?: string;
  readonly tensorboard?: boolean;
  readonly eager?: boolean;
}

export function trainCommand(): Command {
  const command = new Command('train')
    .addOption(
      new Option(
        '--arch <name>',
        `architecture, adapted to the data (default: ${DEFAULT_ARCHITECTURE}; for an image folder ${DEFAULT_ARCHITECTURE_OF_IMAGE_FOLDER})`,
      ).choices([...architectures.keys()]),
    )
    .option('--config <file>', 'a recipe: architecture and settings in TypeScript; options given here override it')
    .option('--init-from <run|release>', 'start with the network and weights of this model, and a new last layer')
    .option(
      '--data <name|folder|csv>',
      'a data set, a folder with one subfolder per class, or a CSV of path and label',
      'cifar10',
    );
  addSettingOptions(command)
    .addOption(
      new Option('--engine <name>', 'what training runs on').choices(['auto', 'tensorflow', 'wasm']).default('auto'),
    )
    .option('--eager', 'run one operation at a time, for debugging: slower, same results')
    .option('--tensorboard', 'also write the curves for TensorBoard, into RUN/tensorboard')
    .option('--runs <folder>', 'folder for run folders', 'runs')
    .option('--resume <run>', 'continue a run from its last checkpoint, with its own settings')
    .action(train);
  return addDataOptions(command, 'any input');
}

async function train(options: TrainOptions, command: Command): Promise<void> {
  const output = outputOf(command);
  if (options.resume) rejectSettings(command);
  if (options.initFrom && options.arch) {
    command.error('error: --init-from brings its own architecture; omit --arch', { exitCode: 2 });
  }
  const resumed = options.resume ? await RunFolder.open(options.resume) : undefined;
  const recipe = options.config ? await loadRecipe(options.config) : undefined;
  const base = options.initFrom ? await loadModel(await openRunOrRelease(options.initFrom)) : undefined;
  const engine = await startEngine((await resumed?.engine()) ?? options.engine, (reason) =>
    output.note(`TensorFlow is not available: ${reason}`),
  );
  output.event('engine', engine, describeEngine(engine));
  const progress = dataProgress(output);
  const network = base?.architecture ?? recipe?.architecture ?? architectures.get(options.arch ?? '');
  const opening = resumed
    ? reopenData(resumed.config.data, progress)
    : openData(
        options.data,
        { ...dataChoice(command, options.data), ...sizeOf(options, network), ...fitOf(options, base) },
        progress,
      );
  const opened = await opening.finally(progress.stop);
  if (opened.datasetReport) output.note(describeDatasetReport(opened.data, opened.datasetReport));
  const environment = await describeEnvironment({ ...engine, versions: { ...engine.versions } });
  const run =
    resumed ??
    (await createRun({
      command: `glimpse ${process.argv.slice(2).join(' ')}`,
      runs: options.runs,
      architecture: options.arch,
      settings: settingsGiven(command),
      recipe,
      base,
      opened,
      environment,
    }));
  const { eager = false, tensorboard = false } = options;
  const resume = resumed !== undefined;
  await trainUntilInterrupted(run, { resume, eager, tensorboard, engine, environment, data: opened.data }, output);
}

/** Ctrl-C stops the run after the current step. */
async function trainUntilInterrupted(
  run: RunFolder,
  context: Omit<TrainContext, 'reporter' | 'signal'>,
  output: Output,
): Promise<void> {
  const stop = new AbortController();
  const onInterrupt = () => {
    output.note('Stopping after this step …');
    stop.abort();
  };
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const bars = epochBars(output, run.config.settings.epochs);
  try {
    await trainRun(run, { ...context, signal: stop.signal, reporter: { ...output, ...bars } });
  } finally {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}

/** One bar per epoch. */
function epochBars(output: Output, epochs: number): Pick<TrainReporter, 'step' | 'stepsEnd'> {
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
    stepsEnd() {
      bar?.stop();
      bar = undefined;
    },
  };
}

/** An image folder is read in the size and colors that the network was made for, unless the command line says otherwise. */
function sizeOf({ size, channels, data }: TrainOptions, network: Architecture | undefined): object {
  if (network?.inputShape.length !== 3 || knownDataSets.includes(data)) return {};
  const [height, width, depth] = network.inputShape;
  return { ...(size === undefined ? { height, width } : {}), ...(channels === undefined ? { channels: depth } : {}) };
}

/** The base model was trained on images fitted in its own way. */
function fitOf({ fit, data }: TrainOptions, base: SavedModel | undefined): object {
  return base && fit === undefined && !knownDataSets.includes(data) ? { fit: base.input.fit } : {};
}

/** Exit 2 if options are given that a resumed run has already. */
function rejectSettings(command: Command): void {
  const given = command.options
    .filter(
      (option) =>
        command.getOptionValueSource(option.attributeName()) === 'cli' &&
        !['resume', 'eager', 'tensorboard'].includes(option.attributeName()),
    )
    .map(({ long }) => long);
  if (given.length > 0)
    command.error(`error: --resume uses the run's own settings; omit ${given.join(', ')}`, { exitCode: 2 });
}
