/**
 * Settings as options. A field of a settings schema registers its help and its flag here, once; the command line, the
 * merge with a recipe and the table in docs/training.md are derived from the schema.
 */
import * as z from 'zod/mini';

export interface OptionInfo {
  /** One line, for `--help` and the docs. */
  readonly help: string;
  /** As commander reads it: `--batch-size <n>`. Absent: the setting is for recipes only. */
  readonly flag?: string;
  /** What a flag without an argument stands for, if not `true`. */
  readonly value?: unknown;
  /** Shown in place of the schema's default. */
  readonly defaultText?: string;
  /** Shown in the docs in place of what the schema says about values. */
  readonly values?: string;
}

export const optionInfo = z.registry<OptionInfo>();

export interface SettingOption extends OptionInfo {
  /** Where the value goes in the settings: `['augmentation', 'flip']`. */
  readonly path: readonly string[];
  /** Absent: no default worth showing. */
  readonly defaultText?: string;
  /** Names to choose from, for enums and for unions that a name selects. */
  readonly choices?: readonly string[];
  /** What a valid value is: "an integer from 1 to 100000". Absent for choices and booleans. */
  readonly expected?: string;
  /** @returns undefined if the text is not a valid value */
  parse(text: string): unknown;
}

/** The registered fields of an object schema and of the objects in it, parents first. */
export function settingOptions(schema: z.ZodMiniType, path: readonly string[] = []): SettingOption[] {
  const options = new Map<string, SettingOption>();
  for (const object of objectsOf(schema)) {
    for (const [name, field] of Object.entries(object.def.shape) as [string, z.ZodMiniType][]) {
      const info = optionInfo.get(field);
      const own = info ? [optionOf(field, [...path, name], info)] : [];
      // Variants of a union share fields, such as every optimizer's learning rate.
      for (const option of [...own, ...settingOptions(field, [...path, name])]) {
        const key = option.path.join('.');
        if (!options.has(key)) options.set(key, option);
      }
    }
  }
  return [...options.values()];
}

/**
 * Puts values into settings, in place of what a recipe has there.
 *
 * @param values by path: `augmentation.flip`; parents come before their parts, as `settingOptions` lists them
 */
export function withValues<Input extends object>(settings: Input, values: ReadonlyMap<string, unknown>): Input {
  let changed: unknown = settings;
  for (const [path, value] of values) changed = replaceAt(changed, path.split('.'), value);
  return changed as Input;
}

function replaceAt(parent: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  // A name alone stands for an object with the defaults.
  const object = (typeof parent === 'string' ? { name: parent } : (parent ?? {})) as Record<string, unknown>;
  return { ...object, [name]: replaceAt(object[name], rest, value) };
}

function optionOf(field: z.ZodMiniType, path: readonly string[], info: OptionInfo): SettingOption {
  const inner = unwrap(field);
  const choices = choicesOf(inner);
  const expected = inner.def.type === 'number' ? describeNumber(inner) : undefined;
  const defaultText = info.defaultText ?? defaultOf(field);
  return {
    ...info,
    path,
    ...(defaultText === undefined ? {} : { defaultText }),
    ...(choices === undefined ? {} : { choices }),
    ...(expected === undefined ? {} : { expected }),
    parse(text) {
      const number = inner.def.type === 'number' && text.trim() !== '';
      const result = field.safeParse(number ? Number(text) : text);
      return result.success ? result.data : undefined;
    },
  };
}

/** The schema within defaults, optionals and the transformation that expands a name. */
function unwrap(schema: z.ZodMiniType): z.ZodMiniType {
  const { innerType, out } = schema.def as unknown as { innerType?: z.ZodMiniType; out?: z.ZodMiniType };
  const inner = innerType ?? out;
  return inner ? unwrap(inner) : schema;
}

function objectsOf(schema: z.ZodMiniType): z.ZodMiniObject[] {
  const inner = unwrap(schema);
  if (inner.def.type === 'object') return [inner as z.ZodMiniObject];
  return variantsOf(inner);
}

/** The objects of a union that a `name` selects. */
function variantsOf(schema: z.ZodMiniType): z.ZodMiniObject[] {
  const { options, discriminator } = schema.def as unknown as { options?: z.ZodMiniObject[]; discriminator?: string };
  return discriminator === 'name' ? options! : [];
}

function choicesOf(schema: z.ZodMiniType): string[] | undefined {
  const variants = variantsOf(schema);
  if (variants.length > 0)
    return variants.map(({ def }) => (def.shape.name as z.ZodMiniLiteral<string>).def.values[0]!);
  return schema.def.type === 'enum'
    ? Object.values((schema.def as unknown as { entries: Record<string, string> }).entries)
    : undefined;
}

/** Zeros, `false` and empty objects mean that nothing happens. */
function defaultOf(field: z.ZodMiniType): string | undefined {
  const { defaultValue } = field.def as unknown as { defaultValue?: unknown };
  if (typeof defaultValue === 'object' && defaultValue !== null) return (defaultValue as { name?: string }).name;
  return defaultValue ? String(defaultValue) : undefined;
}

interface NumberSchema {
  /** Present for integers. */
  readonly format?: string;
  readonly checks?: readonly { readonly _zod: { readonly def: NumberCheck } }[];
}

interface NumberCheck {
  readonly check: string;
  readonly value: number;
  readonly inclusive: boolean;
}

function describeNumber(schema: z.ZodMiniType): string {
  const { format, checks = [] } = schema.def as unknown as NumberSchema;
  const bound = (check: string) => checks.find(({ _zod }) => _zod.def.check === check)?._zod.def;
  const [lower, upper] = [bound('greater_than'), bound('less_than')];
  const texts =
    lower?.inclusive && upper?.inclusive
      ? [`from ${lower.value} to ${upper.value}`]
      : [
          ...(lower ? [lower.inclusive ? `of at least ${lower.value}` : `above ${lower.value}`] : []),
          ...(upper ? [upper.inclusive ? `up to ${upper.value}` : `below ${upper.value}`] : []),
        ];
  return [format === undefined ? 'a number' : 'an integer', texts.join(' and ')].join(' ').trim();
}

/** The rows of the table in docs/training.md, in Markdown. */
export function settingsTable(schema: z.ZodMiniType): string[] {
  return settingOptions(schema).map(({ path, help, flag, defaultText, choices, expected, values: told }) => {
    const values = told ?? choices?.map((choice) => `\`${choice}\``).join(', ') ?? expected ?? 'true or false';
    const cells = [`\`${path.join('.')}\``, flag ? `\`${flag}\`` : '', values, defaultText ?? '', help];
    return `| ${cells.join(' | ')} |`;
  });
}
