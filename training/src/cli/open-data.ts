/** Opens the data that verbs train or measure on, with a bar while an image folder is decoded. */
import type { InputContract } from '@glimpse/shared/image/input-contract';
import type { Command } from 'commander';
import { type DataProgress, type OpenedData, openData, reopenData } from '../data/open-data.ts';
import type { OpenedClassifier } from '../evaluate/open-classifier.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { TrainingError } from '../training-error.ts';
import { dataChoice } from './data-options.ts';
import type { Output } from './output.ts';

/** A bar on a terminal while an image folder is decoded. */
export function dataProgress(output: Output): DataProgress & { stop(): void } {
  let bar: ReturnType<Output['bar']> | undefined;
  return {
    step: output.note,
    decoded(done, total) {
      bar ??= output.bar(total);
      bar.update(done, 'images decoded');
      if (done === total) bar.stop();
    },
    stop: () => bar?.stop(),
  };
}

/**
 * The data that a run was trained on.
 *
 * @throws {TrainingError} `data-changed`
 */
export async function dataOfRun(run: RunFolder, output: Output): Promise<OpenedData> {
  const progress = dataProgress(output);
  return reopenData(run.config.data, progress).finally(progress.stop);
}

/**
 * Data to measure a model on, in the model's input size.
 *
 * @throws {TrainingError} `data-invalid` if the images have another size, which can happen for a known data set
 */
export async function dataOfInput(
  name: string,
  input: InputContract,
  command: Command,
  output: Output,
): Promise<OpenedData> {
  const { height, width, channels, fit } = input;
  const progress = dataProgress(output);
  const choice = { ...dataChoice(command, name), height, width, channels, fit };
  const opened = await openData(name, choice, progress).finally(progress.stop);
  const { shape } = opened.data;
  if (shape.join() === [height, width, channels].join()) return opened;
  throw new TrainingError(
    'data-invalid',
    `The model's input is ${height}x${width}x${channels}, but the images of ${name} are ${shape.join('x')}.`,
  );
}

/**
 * The data that a model was trained on, or the data set `name` with the same classes.
 *
 * @throws {TrainingError} `data-invalid`
 */
export async function testData(
  { data, input, labels }: Pick<OpenedClassifier, 'data' | 'input' | 'labels'>,
  name: string | undefined,
  command: Command,
  output: Output,
): Promise<OpenedData> {
  if (name === undefined) {
    const progress = dataProgress(output);
    return reopenData(data, progress).finally(progress.stop);
  }
  const opened = await dataOfInput(name, input, command, output);
  const { labels: other } = opened.data;
  if (other.join('\n') === labels.join('\n')) return opened;
  throw new TrainingError(
    'data-invalid',
    `The model's classes are ${labels.join(', ')}; the classes of ${name} are ${other.join(', ')}. ` +
      'A model can only be measured on data with the same classes in the same order.',
  );
}
