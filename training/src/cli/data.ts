/** `glimpse data NAME|DIR|CSV`: fetch a data set, or look at image folder, before training on them. */
import { Command } from 'commander';
import type { Classes } from '../data/image-set.ts';
import { knownDataSets, type OpenedData, openData } from '../data/open-data.ts';
import { writeCifar10Folder } from '../data/write-cifar10-folder.ts';
import { addDataOptions, dataChoice } from './data-options.ts';
import { describeDatasetReport } from './describe-dataset-report.ts';
import { dataProgress } from './open-data.ts';
import { integer, outputOf } from './options.ts';
import type { Output } from './output.ts';

interface DataCommandOptions {
  readonly toFolder?: string;
  readonly classes?: string;
  readonly perClass?: number;
}

export function dataCommand(): Command {
  const command = new Command('data')
    .argument(
      '<name|folder|csv>',
      `${knownDataSets.join(', ')}; or a folder with a folder per class; or a CSV of path and label`,
    )
    .option('--to-folder <dir>', 'cifar10: write its training images as PNG files, a folder per class')
    .option('--classes <names>', 'with --to-folder: only these, separated by commas')
    .option('--per-class <n>', 'with --to-folder: the number of images per class', integer(1, 5000));
  return addDataOptions(command, 'any input').action(async (name: string, options: DataCommandOptions) => {
    const output = outputOf(command);
    checkFolderOptions(command, name, options);
    const progress = dataProgress(output);
    const opened = await openData(name, dataChoice(command, name), progress).finally(progress.stop);
    if (options.toFolder !== undefined) await toFolder(opened, options, output);
    else show(opened, output);
  });
}

function checkFolderOptions(command: Command, name: string, { toFolder, classes, perClass }: DataCommandOptions): void {
  if (toFolder !== undefined && name !== 'cifar10') command.error('error: --to-folder is for cifar10', { exitCode: 2 });
  if (toFolder === undefined && (classes ?? perClass) !== undefined)
    command.error('error: --classes and --per-class go with --to-folder', { exitCode: 2 });
}

async function toFolder({ data }: OpenedData, options: DataCommandOptions, output: Output): Promise<void> {
  const folder = options.toFolder!;
  const classes = options.classes?.split(',').map((name) => name.trim()) ?? data.labels;
  const images = await writeCifar10Folder(data, folder, classes, options.perClass ?? Number.POSITIVE_INFINITY);
  output.event('folder', { folder, classes, images }, `${images} images of ${classes.length} classes → ${folder}`);
}

function show({ data, record, input, datasetReport }: OpenedData, output: Output): void {
  const shapes = Object.fromEntries(
    (['train', 'validation', 'test'] as const).map((part) => [part, [data[part].count, ...data.shape]]),
  );
  if (datasetReport) {
    output.event(
      'data',
      { name: data.name, ...shapes, labels: data.labels, input, fingerprint: record.fingerprint, datasetReport },
      describeDatasetReport(data, datasetReport),
    );
    return;
  }
  const text = [
    `train (${shapes.train!.join(', ')})  labels ${firstClasses(data.train.classes)} …`,
    `test  (${shapes.test!.join(', ')})  labels ${firstClasses(data.test.classes)} …`,
    `classes ${data.labels.join(', ')}`,
  ].join('\n');
  const { train, test } = shapes;
  output.event('data', { name: data.name, train, test, labels: data.labels, fingerprint: record.fingerprint }, text);
}

function firstClasses(classes: Classes): string {
  return classes.subarray(0, 12).join(' ');
}
