/** The settings' options on the command line, derived from the settings schema. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type SettingOption, settingOptions } from '../fit/setting-options.ts';
import { settingsSchema } from '../fit/settings.ts';

const flagged = settingOptions(settingsSchema).filter(({ flag }) => flag !== undefined);

export function addSettingOptions(command: Command): Command {
  for (const setting of flagged) command.addOption(toOption(setting));
  return command;
}

/** The values that the command line gives, by their paths in the settings. */
export function settingsGiven(command: Command): ReadonlyMap<string, unknown> {
  const options = command.opts();
  return new Map(
    flagged.flatMap(({ path, flag, value = true }) => {
      const given = options[new Option(flag!).attributeName()];
      return given === undefined ? [] : [[path.join('.'), given === true ? value : given] as const];
    }),
  );
}

function toOption({ flag, help, defaultText, choices, expected, parse }: SettingOption): Option {
  const option = new Option(flag!, defaultText === undefined ? help : `${help} (default: ${defaultText})`);
  if (!option.required) return option;
  if (choices) return option.choices([...choices]);
  return option.argParser((text) => {
    const value = parse(text);
    if (value === undefined) throw new InvalidArgumentError(`Must be ${expected}.`);
    return value;
  });
}
