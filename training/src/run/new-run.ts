/** Creates the folder of a new run: chooses the network and the settings and checks that they fit the data. */
import { architectures } from '@glimpse/shared/model/architectures/registry';
import type { OpenedData } from '../data/open-data.ts';
import { firstCheckpoint } from '../fit/checkpoint.ts';
import { checkFit } from '../fit/fit.ts';
import { imageFolderSettings } from '../fit/image-folder-settings.ts';
import { initialWeights } from '../fit/initialize.ts';
import { withValues } from '../fit/setting-options.ts';
import { type Settings, type SettingsInput, settingsSchema } from '../fit/settings.ts';
import { explain } from '../recipe/explain.ts';
import type { LoadedRecipe } from '../recipe/recipe.ts';
import { TrainingError } from '../training-error.ts';
import { type Environment, RunFolder } from './run-folder.ts';
import type { SavedModel } from './saved-model.ts';
import { builtInFor, type StartingPoint, startFrom } from './starting-point.ts';

export const DEFAULT_ARCHITECTURE = 'cifar10-tutorial';
export const DEFAULT_ARCHITECTURE_OF_IMAGE_FOLDER = 'pictures-small';

export interface NewRun {
  /** The command line, for the record. */
  readonly command: string;
  /** The folder that contains run folders. */
  readonly runs: string;
  /** Name of a built-in architecture. */
  readonly architecture?: string | undefined;
  /** Settings from the command line, by path; they override the recipe's. */
  readonly settings: ReadonlyMap<string, unknown>;
  readonly recipe?: LoadedRecipe | undefined;
  /** The model whose network and weights the run starts with. */
  readonly base?: SavedModel | undefined;
  readonly opened: OpenedData;
  readonly environment: Environment;
}

/** @throws {TrainingError} `config-invalid`, `run-invalid`, before anything is written */
export async function createRun(options: NewRun): Promise<RunFolder> {
  const { recipe, base, opened, environment } = options;
  const { data, record, input } = opened;
  const settings = chooseSettings(options);
  const { architecture, initial } = base
    ? startFrom(base, data, settings.seed)
    : chooseNetwork(options.architecture, recipe, opened);
  checkFit(architecture, data, settings);
  const config = {
    command: options.command,
    startedAt: new Date().toISOString(),
    architecture,
    // The base model's weights were trained with the base model's normalization.
    input: base ? { ...input, mean: base.input.mean, standardDeviation: base.input.standardDeviation } : input,
    labels: data.labels,
    data: record,
    settings,
  };
  return RunFolder.create(options.runs, config, {
    environment,
    checkpoint: firstCheckpoint(initial ?? initialWeights(architecture, settings.seed)),
    ...(recipe ? { recipe: recipe.source } : {}),
  });
}

/**
 * The command line overrides the recipe, which overrides the image-folder settings, which override the defaults.
 *
 * @throws {TrainingError} `config-invalid`
 */
export function chooseSettings({ settings, recipe, opened }: Pick<NewRun, 'settings' | 'recipe' | 'opened'>): Settings {
  const { data, datasetReport } = opened;
  const suited = datasetReport ? imageFolderSettings(data.train.count, Math.min(data.shape[0], data.shape[1])) : {};
  // A learning rate from the command line needs the optimizer beside it.
  const optimizer = settingsSchema.parse({}).optimizer.name;
  const input: SettingsInput = withValues({ optimizer, ...suited, ...recipe?.settings }, settings);
  const result = settingsSchema.safeParse(input, { reportInput: true });
  if (!result.success) throw new TrainingError('config-invalid', explain(result.error, settingsSchema));
  return result.data;
}

/** A built-in architecture is adapted to the data. One that a recipe defines is used unchanged. */
export function chooseNetwork(
  name: string | undefined,
  recipe: Pick<LoadedRecipe, 'architecture'> | undefined,
  { data, datasetReport }: Pick<OpenedData, 'data' | 'datasetReport'>,
): StartingPoint {
  if (name) return builtInFor(name, data);
  const architecture = recipe?.architecture;
  if (!architecture)
    return builtInFor(datasetReport ? DEFAULT_ARCHITECTURE_OF_IMAGE_FOLDER : DEFAULT_ARCHITECTURE, data);
  return architectures.get(architecture.name) === architecture ? builtInFor(architecture.name, data) : { architecture };
}
