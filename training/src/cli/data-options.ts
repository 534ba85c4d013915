/** The options for image folders, which `data`, `train` and `evaluate` share. */
import { type Command, Option } from 'commander';
import { type ImageFolderChoice, imageFolderDefaults, knownDataSets } from '../data/open-data.ts';
import { integer, share } from './options.ts';

interface DataOptions {
  readonly size?: number;
  readonly channels?: '1' | '3';
  readonly fit?: 'stretch' | 'cover';
  readonly val?: number;
  readonly test?: number;
  readonly splitSeed?: number;
  readonly maxUnreadable?: number;
}

/** An existing model's input determines size, channels and fit. */
export function addDataOptions(command: Command, given: 'any input' | 'input of the model'): Command {
  const { height, channels, fit, splitSeed, validation, test, maxUnreadable } = imageFolderDefaults;
  if (given === 'any input') {
    command
      .option('--size <n>', `image folder: height and width of the model's input (default: ${height})`, integer(8, 512))
      .addOption(
        new Option('--channels <n>', `image folder: 3 for color, 1 for gray (default: ${channels})`).choices([
          '1',
          '3',
        ]),
      )
      .addOption(
        new Option('--fit <how>', `image folder: stretch the image, or crop its center (default: ${fit})`).choices([
          'stretch',
          'cover',
        ]),
      );
  }
  return command
    .option(
      '--val <share>',
      `image folder: share of images for validation (default: ${validation})`,
      share('exclusive'),
    )
    .option('--test <share>', `image folder: share of images for testing (default: ${test})`, share('exclusive'))
    .option('--split-seed <n>', `image folder: seed of the split (default: ${splitSeed})`, integer(0, 2 ** 32 - 1))
    .option(
      '--max-unreadable <share>',
      `image folder: maximum share of unreadable files (default: ${maxUnreadable})`,
      share('inclusive'),
    );
}

const names = ['size', 'channels', 'fit', 'val', 'test', 'splitSeed', 'maxUnreadable'] as const;

/** Exit 2 if an option does not apply to the data, or leaves nothing to train on. */
export function dataChoice(command: Command, data: string): ImageFolderChoice {
  const options = command.opts<DataOptions>();
  const given = names.filter((name) => options[name] !== undefined);
  if (knownDataSets.includes(data) && given.length > 0) {
    const flags = command.options
      .filter((option) => given.includes(option.attributeName() as 'size'))
      .map(({ long }) => long);
    command.error(
      `error: ${flags.join(', ')} ${flags.length === 1 ? 'applies' : 'apply'} to image folders, not to ${data}`,
      { exitCode: 2 },
    );
  }
  const {
    size = imageFolderDefaults.height,
    channels = imageFolderDefaults.channels,
    fit = imageFolderDefaults.fit,
    val = imageFolderDefaults.validation,
    test = imageFolderDefaults.test,
    splitSeed = imageFolderDefaults.splitSeed,
    maxUnreadable = imageFolderDefaults.maxUnreadable,
  } = options;
  if (val + test >= 1)
    command.error('error: --val and --test leave nothing to train on; their sum must be below 1', { exitCode: 2 });
  return {
    height: size,
    width: size,
    channels: Number(channels) as 1 | 3,
    fit,
    validation: val,
    test,
    splitSeed,
    maxUnreadable,
  };
}
