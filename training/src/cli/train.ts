/** `glimpse train`: makes a run, or opens one, and trains it. */
import { architectures } from '@glimpse/shared/model/architectures/registry';
import type { Architecture } from '@glimpse/shared/model/network/architecture';
import { Command, Option } from 'commander';
import { knownDataSets, type OpenedData, openData, reopenData } from '../data/open-data.ts';
import type { EngineName } from '../engines/engine.ts';
import { startEngine } from '../engines/select.ts';
import { firstCheckpoint } from '../fit/checkpoint.ts';
import { checkFit } from '../fit/fit.ts';
import { imageFolderSettings } from '../fit/image-folder-settings.ts';
import { initialWeights } from '../fit/initialize.ts';
import { optimizers } from '../fit/optimizers/table.ts';
import { scheduleNames } from '../fit/schedules/schedule.ts';
import { type SettingsInput, settingsSchema } from '../fit/settings.ts';
import { explain } from '../recipe/explain.ts';
import { type LoadedRecipe, loadRecipe } from '../recipe/recipe.ts';
import { describeEnvironment } from '../run/environment.ts';
import { type Environment, RunFolder } from '../run/run-folder.ts';
import { loadModel, openRunOrRelease, type SavedModel } from '../run/saved-model.ts';
import { type StartingPoint, shippedFor, startFrom } from '../run/starting-point.ts';
import { TrainingError } from '../training-error.ts';
import { addDataOptions, dataChoice, dataProgress } from './data-options.ts';
import { describeDatasetReport } from './describe-dataset-report.ts';
import { outputOf, positiveNumber, wholeNumber } from './options.ts';
import { describeEngine, trainRun } from './train-run.ts';

interface TrainOptions {
  arch?: string;
  config?: string;
  data: string;
  engine: EngineName | 'auto';
  runs: string;
  resume?: string;
  initFrom?: string;
  size?: number;
  channels?: string;
  fit?: string;
  tensorboard?: boolean;
  eager?: boolean;
  epochs?: number;
  batchSize?: number;
  seed?: number;
  optimizer?: string;
  learningRate?: number;
  schedule?: string;
  labelSmoothing?: number;
  balanced?: boolean;
  flip?: boolean;
  translate?: number;
  cutout?: number;
  earlyStopping?: number;
  keepBest?: boolean;
}

const DEFAULT_ARCHITECTURE = 'cifar10-tutorial';
const DEFAULT_ARCHITECTURE_OF_IMAGE_FOLDER = 'pictures-small';

export function trainCommand(): Command {
  const defaults = settingsSchema.parse({});
  const training = new Command('train')
    .addOption(
      new Option(
        '--arch <name>',
        `architecture, made to fit the data (default: ${DEFAULT_ARCHITECTURE}; of image folder ${DEFAULT_ARCHITECTURE_OF_IMAGE_FOLDER})`,
      ).choices([...architectures.keys()]),
    )
    .option('--config <file>', 'a recipe: architecture and settings in TypeScript; options here go over it')
    .option('--init-from <run|release>', "begin with another model's network and weights, and a new last layer")
    .option(
      '--data <name|folder|csv>',
      'a data set, a folder with a folder per class, or a CSV of path and label',
      'cifar10',
    )
    .addOption(new Option('--engine <name>', 'what computes').choices(['auto', 'tensorflow', 'wasm']).default('auto'))
    .option('--eager', 'run operation by operation, for debugging: slower, the same numbers')
    .option('--tensorboard', 'also write the curves for TensorBoard, into RUN/tensorboard')
    .option('--runs <folder>', 'where run folders are kept', 'runs')
    .option('--resume <run>', 'go on with a run from its last checkpoint, with its own settings')
    .action(async (options: TrainOptions, command: Command) => {
      const output = outputOf(command);
      if (options.resume) refuseSettings(command);
      if (options.initFrom && options.arch) {
        command.error('error: --init-from brings its own architecture; leave out --arch', { exitCode: 2 });
      }
      const resumed = options.resume ? await RunFolder.open(options.resume) : undefined;
      const recipe = options.config ? await loadRecipe(options.config) : undefined;
      const base = options.initFrom ? await loadModel(await openRunOrRelease(options.initFrom)) : undefined;
      const engine = await startEngine(await wantedEngine(options, resumed), (reason) =>
        output.note(`No TensorFlow: ${reason}`),
      );
      output.event('engine', engine, describeEngine(engine));
      const progress = dataProgress(output);
      const wanted = base?.architecture ?? recipe?.architecture ?? architectures.get(options.arch ?? '');
      const opening = resumed
        ? reopenData(resumed.config.data, progress)
        : openData(
            options.data,
            { ...dataChoice(command, options.data), ...sizeOf(options, wanted), ...fitOf(options, base) },
            progress,
          );
      const opened = await opening.finally(progress.stop);
      if (opened.datasetReport) output.note(describeDatasetReport(opened.data, opened.datasetReport));
      const environment = await describeEnvironment({ ...engine, versions: { ...engine.versions } });
      const run = resumed ?? (await newRun(options, { recipe, base, opened, environment }));
      const { eager = false, tensorboard = false } = options;
      const resume = resumed !== undefined;
      await trainRun(run, { resume, eager, tensorboard, engine, environment, data: opened.data, output });
    });
  return addDataOptions(training, 'any input');
}

interface NewRun {
  readonly recipe: LoadedRecipe | undefined;
  /** The model that it begins with. */
  readonly base: SavedModel | undefined;
  readonly opened: OpenedData;
  readonly environment: Environment;
}

async function newRun(options: TrainOptions, { recipe, base, opened, environment }: NewRun): Promise<RunFolder> {
  const { data, record, input, datasetReport } = opened;
  const own = datasetReport ? imageFolderSettings(data.train.count, Math.min(data.shape[0], data.shape[1])) : {};
  const written = { ...own, ...recipe?.settings };
  const settings = settingsSchema.safeParse(settingsOf(options, written), { reportInput: true });
  if (!settings.success) throw new TrainingError('config-invalid', explain(settings.error, settingsSchema));
  const { seed } = settings.data;
  const start = base ? startFrom(base, data, seed) : chooseNetwork(options, recipe, opened);
  checkFit(start.architecture, data, settings.data);
  const config = {
    command: `glimpse ${process.argv.slice(2).join(' ')}`,
    startedAt: new Date().toISOString(),
    architecture: start.architecture,
    // What a model has learnt to see, it has seen as its own contract shows it.
    input: base ? { ...input, mean: base.input.mean, standardDeviation: base.input.standardDeviation } : input,
    labels: data.labels,
    data: record,
    settings: settings.data,
  };
  return RunFolder.create(options.runs, config, {
    environment,
    checkpoint: firstCheckpoint(start.initial ?? initialWeights(start.architecture, seed)),
    ...(recipe ? { recipe: recipe.source } : {}),
  });
}

/** A person's own network is taken as it is; one of the project's is made to fit the data. */
function chooseNetwork(options: TrainOptions, recipe: LoadedRecipe | undefined, opened: OpenedData): StartingPoint {
  const { data, datasetReport } = opened;
  if (options.arch) return shippedFor(options.arch, data);
  if (!recipe?.architecture) {
    return shippedFor(datasetReport ? DEFAULT_ARCHITECTURE_OF_IMAGE_FOLDER : DEFAULT_ARCHITECTURE, data);
  }
  const { architecture } = recipe;
  return architectures.get(architecture.name) === architecture ? shippedFor(architecture.name, data) : { architecture };
}

/** Own images are read in the size and colors that the network was made for, unless the command line says others. */
function sizeOf({ size, channels, data }: TrainOptions, wanted: Architecture | undefined): object {
  if (wanted?.inputShape.length !== 3 || knownDataSets.includes(data)) return {};
  const [height, width, depth] = wanted.inputShape;
  return { ...(size === undefined ? { height, width } : {}), ...(channels === undefined ? { channels: depth } : {}) };
}

/** A model that is begun with has seen images fitted in its own way. */
function fitOf({ fit, data }: TrainOptions, base: SavedModel | undefined): object {
  return base && fit === undefined && !knownDataSets.includes(data) ? { fit: base.input.fit } : {};
}

/** The command line's options over the recipe's. */
function settingsOf(options: TrainOptions, recipe: SettingsInput): SettingsInput {
  const { epochs, batchSize, seed, labelSmoothing, learningRate, flip, translate, cutout } = options;
  const optimizer = withRate(options.optimizer ?? recipe.optimizer ?? 'rmsprop', learningRate);
  return {
    ...recipe,
    ...given({ epochs, batchSize, seed, labelSmoothing, schedule: options.schedule as 'constant' | undefined }),
    optimizer: optimizer as SettingsInput['optimizer'],
    augmentation: { ...recipe.augmentation, ...given({ flip, translate, cutout }) },
    ...(options.balanced ? { classWeights: 'balanced' } : {}),
    ...(options.earlyStopping === undefined ? {} : { earlyStopping: { patience: options.earlyStopping } }),
    ...(options.keepBest ? { keepBest: 'val_acc' } : {}),
  };
}

function withRate(optimizer: unknown, learningRate: number | undefined): unknown {
  if (learningRate === undefined) return optimizer;
  return typeof optimizer === 'string' ? { name: optimizer, learningRate } : { ...(optimizer as object), learningRate };
}

/** Without what was not given. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** A resumed run keeps its engine: another one rounds differently, and the run would no longer be what its record says. */
async function wantedEngine(options: TrainOptions, run: RunFolder | undefined): Promise<EngineName | 'auto'> {
  if (!run) return options.engine;
  const { name } = (await run.environment()).engine;
  if (name !== 'keras') return name;
  throw new TrainingError(
    'run-invalid',
    `${run.path} was imported, so there is no training to go on with. Begin a new run with its weights: --init-from ${run.path}`,
  );
}

/** A resumed run has its settings already. */
function refuseSettings(command: Command): void {
  const given = command.options
    .filter(
      (option) =>
        command.getOptionValueSource(option.attributeName()) === 'cli' &&
        !['resume', 'eager', 'tensorboard'].includes(option.attributeName()),
    )
    .map(({ long }) => long);
  if (given.length > 0)
    command.error(`error: --resume takes the run's own settings; leave out ${given.join(', ')}`, { exitCode: 2 });
}
