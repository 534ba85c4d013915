/**
 * A recipe: a TypeScript file with an architecture and settings, for `glimpse train --config FILE`.
 *
 *     import { defineRecipe } from '@glimpse/training/recipe/recipe';
 *
 *     export default defineRecipe({
 *       architecture: {
 *         name: 'mine',
 *         inputShape: [32, 32, 3],
 *         layers: [
 *           { className: 'Conv2D', config: { filters: 16, kernelSize: 3, activation: 'relu' } },
 *           { className: 'GlobalAveragePooling2D' },
 *           { className: 'Dense', config: { units: 10, activation: 'softmax' } },
 *         ],
 *       },
 *       settings: { epochs: 20, optimizer: { name: 'adam', learningRate: 3e-4 }, schedule: 'cosine' },
 *     });
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { architectures } from '@glimpse/shared/model/architectures/registry';
import { type LayerInput, layerKinds } from '@glimpse/shared/model/layers/table';
import { type Architecture, defineArchitecture } from '@glimpse/shared/model/network/architecture';
import { NetworkError } from '@glimpse/shared/model/network/network-error';
import * as z from 'zod/mini';
import { type SettingsInput, settingsSchema } from '../fit/settings.ts';
import { TrainingError } from '../training-error.ts';
import { explain, nearest } from './explain.ts';

export interface Recipe {
  /** The name of a built-in architecture, or your own. */
  readonly architecture?:
    | string
    | { readonly name: string; readonly inputShape: readonly number[]; readonly layers: readonly LayerInput[] };
  readonly settings?: SettingsInput;
}

export interface LoadedRecipe {
  readonly architecture?: Architecture;
  /** As written, without defaults. Command-line options override it first. */
  readonly settings: SettingsInput;
  /** The file's text, for the run's record. */
  readonly source: string;
}

/** Returns its argument; gives editors the types. */
export function defineRecipe(recipe: Recipe): Recipe {
  return recipe;
}

const architectureSchema = z.strictObject({
  name: z
    .string()
    .check(z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'must contain only lowercase letters, digits and hyphens')),
  inputShape: z.array(z.int().check(z.positive())).check(z.minLength(1), z.maxLength(3)),
  layers: z
    .array(
      z.strictObject({
        className: z.string(),
        config: z.optional(z.record(z.string(), z.unknown())),
        inputs: z.optional(z.array(z.string())),
      }),
    )
    .check(z.minLength(1), z.maxLength(1000)),
});

const recipeSchema = z.strictObject({
  architecture: z.optional(z.union([z.string(), architectureSchema])),
  settings: z.optional(settingsSchema),
});

/** @throws {TrainingError} `config-invalid` with the option, the problem and a suggestion */
export async function loadRecipe(path: string): Promise<LoadedRecipe> {
  const source = await readText(path);
  const value = await importDefault(path, '{ settings: { … } }');
  return { ...readRecipe(value, path), source };
}

/**
 * Imports the default export of a configuration file in TypeScript or JavaScript.
 *
 * @param example of a value, for the error message
 * @throws {TrainingError} `config-invalid`
 */
export async function importDefault(path: string, example: string): Promise<unknown> {
  let value: unknown;
  try {
    ({ default: value } = (await import(pathToFileURL(resolve(path)).href)) as { default: unknown });
  } catch (cause) {
    throw new TrainingError('config-invalid', `${path} does not run: ${(cause as Error).message}`, { cause });
  }
  if (value === undefined) {
    throw new TrainingError('config-invalid', `${path} has no default export. Write: export default ${example};`);
  }
  return value;
}

/** @param where the prefix of error messages */
export function readRecipe(value: unknown, where: string): Omit<LoadedRecipe, 'source'> {
  const result = recipeSchema.safeParse(value, { reportInput: true });
  if (!result.success) {
    throw new TrainingError('config-invalid', `${where}: ${explain(result.error, recipeSchema)}`);
  }
  const { architecture } = result.data;
  const settings = (value as Recipe).settings ?? {};
  if (architecture === undefined) return { settings };
  if (typeof architecture === 'string') return { architecture: builtIn(architecture, where), settings };
  for (const { className, config } of architecture.layers) checkOptions(className, config ?? {}, where);
  try {
    const { name, inputShape, layers } = architecture;
    return { architecture: defineArchitecture(name, inputShape, layers as LayerInput[]), settings };
  } catch (cause) {
    if (!(cause instanceof NetworkError)) throw cause;
    throw new TrainingError('config-invalid', `${where}: ${cause.message}`, { cause });
  }
}

function builtIn(name: string, where: string): Architecture {
  const architecture = architectures.get(name);
  if (architecture) return architecture;
  const known = [...architectures.keys()];
  throw new TrainingError(
    'config-invalid',
    `${where}: There is no architecture "${name}".${nearest(name, known)} Available: ${known.join(', ')}.`,
  );
}

/** Layers accept unknown options because Keras' files contain irrelevant ones. In a recipe, an unknown option is an error. */
function checkOptions(className: string, config: Record<string, unknown>, where: string): void {
  if (!Object.hasOwn(layerKinds, className)) {
    const known = Object.keys(layerKinds);
    throw new TrainingError(
      'config-invalid',
      `${where}: There is no layer "${className}".${nearest(className, known)}`,
    );
  }
  const known = Object.keys(layerKinds[className as keyof typeof layerKinds].config.def.shape);
  const unknown = Object.keys(config).find((option) => !known.includes(option));
  if (unknown === undefined) return;
  throw new TrainingError(
    'config-invalid',
    `${where}: ${className} has no option "${unknown}".${nearest(unknown, known)} Available: ${known.join(', ')}.`,
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new TrainingError('config-invalid', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
