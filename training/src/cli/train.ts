/** `glimpse train`: makes a run, or opens one, and trains it. */
import { architectures } from '@glimpse/shared/architectures/registry';
import type { InputContract } from '@glimpse/shared/picture/input-contract';
import { Command, Option } from 'commander';
import { type DataSet, fingerprint } from '../data/data-set.ts';
import type { EngineName } from '../engines/engine.ts';
import { startEngine } from '../engines/select.ts';
import { optimizers } from '../fit/optimizers/table.ts';
import { scheduleNames } from '../fit/schedules/schedule.ts';
import { type SettingsInput, settingsSchema } from '../fit/settings.ts';
import { explain } from '../recipe/explain.ts';
import { type LoadedRecipe, loadRecipe } from '../recipe/recipe.ts';
import { RunFolder } from '../run/run-folder.ts';
import { TrainingError } from '../training-error.ts';
import { dataSets } from './data.ts';
import { outputOf, positiveNumber, wholeNumber } from './options.ts';
import { describeEngine, trainRun } from './train-run.ts';

interface TrainOptions {
  arch?: string;
  config?: string;
  data: string;
  engine: EngineName | 'auto';
  runs: string;
  resume?: string;
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

export function trainCommand(): Command {
  const defaults = settingsSchema.parse({});
  return new Command('train')
    .description('train a network; writes a run folder with a checkpoint after each epoch')
    .addOption(
      new Option('--arch <name>', `architecture (default: ${DEFAULT_ARCHITECTURE})`).choices([...architectures.keys()]),
    )
    .option('--config <file>', 'a recipe: architecture and settings in TypeScript; options here go over it')
    .addOption(new Option('--data <name>', 'data set').choices(Object.keys(dataSets)).default('cifar10'))
    .option('--epochs <n>', `passes over the training set (default: ${defaults.epochs})`, wholeNumber(1, 100_000))
    .option('--batch-size <n>', `pictures a step (default: ${defaults.batchSize})`, wholeNumber(1, 65_536))
    .addOption(new Option('--optimizer <name>', `default: ${defaults.optimizer.name}`).choices(Object.keys(optimizers)))
    .option('--learning-rate <x>', 'default: that of the optimiser in Keras', positiveNumber)
    .addOption(new Option('--schedule <name>', 'of the learning rate (default: constant)').choices(scheduleNames))
    .option('--label-smoothing <share>', 'of each target, spread over all classes', positiveNumber)
    .option('--balanced', 'weigh classes so that all count the same')
    .option('--flip', 'mirror every other training picture')
    .option('--translate <pixels>', 'move training pictures by up to so many', wholeNumber(0, 256))
    .option('--cutout <pixels>', 'cover a square of this side', wholeNumber(0, 256))
    .option('--early-stopping <epochs>', 'end when val_loss has not improved for so many', wholeNumber(0, 100_000))
    .option('--keep-best', 'the result is the epoch with the best val_acc, not the last')
    .option('--seed <n>', `decides every random choice (default: ${defaults.seed})`, wholeNumber(0, 2 ** 32 - 1))
    .addOption(new Option('--engine <name>', 'what computes').choices(['auto', 'tensorflow', 'wasm']).default('auto'))
    .option('--eager', 'run operation by operation, for debugging: slower, the same numbers')
    .option('--runs <folder>', 'where run folders are kept', 'runs')
    .option('--resume <run>', 'go on with a run from its last checkpoint, with its own settings')
    .action(async (options: TrainOptions, command: Command) => {
      const output = outputOf(command);
      if (options.resume) refuseSettings(command);
      const resumed = options.resume ? await RunFolder.open(options.resume) : undefined;
      const recipe = options.config ? await loadRecipe(options.config) : undefined;
      const engine = await startEngine(await wantedEngine(options, resumed), (reason) =>
        output.note(`No TensorFlow: ${reason}`),
      );
      output.event('engine', engine, describeEngine(engine));
      const data = await dataSets[resumed?.config.data.name ?? options.data]!(output.note);
      const run = resumed ?? (await newRun(options, recipe, data));
      await trainRun(run, {
        resume: resumed !== undefined,
        eager: options.eager === true,
        engine,
        data,
        output,
      });
    });
}

async function newRun(options: TrainOptions, recipe: LoadedRecipe | undefined, data: DataSet): Promise<RunFolder> {
  const settings = settingsSchema.safeParse(settingsOf(options, recipe?.settings ?? {}), { reportInput: true });
  if (!settings.success) throw new TrainingError('config-invalid', explain(settings.error, settingsSchema));
  const named = options.arch ? architectures.get(options.arch) : recipe?.architecture;
  const [height, width, channels] = data.shape;
  const input: InputContract = {
    height,
    width,
    channels: channels as 1 | 3,
    fit: 'stretch',
    // The tutorial divides by 255 and does no more.
    mean: Array(channels).fill(0),
    standardDeviation: Array(channels).fill(1),
  };
  const config = {
    command: `glimpse ${process.argv.slice(2).join(' ')}`,
    startedAt: new Date().toISOString(),
    architecture: named ?? architectures.get(DEFAULT_ARCHITECTURE)!,
    input,
    labels: data.labels,
    data: {
      name: data.name,
      fingerprint: fingerprint(data),
      train: data.train.count,
      test: data.test.count,
    },
    settings: settings.data,
  };
  return RunFolder.create(options.runs, config, recipe?.source);
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
        !['resume', 'eager'].includes(option.attributeName()),
    )
    .map(({ long }) => long);
  if (given.length > 0)
    command.error(`error: --resume takes the run's own settings; leave out ${given.join(', ')}`, { exitCode: 2 });
}
